/**
 * The tree image as NDJSON: the first line has everything but the processes, each further line is one process.
 * Read as it arrives; no more than one line is held.
 */
import { FaultList } from '../../engine/tree/tree-fault.ts';
import { ReadError, type ReadFault, readError } from '../read-error.ts';
import type { Place, ReadImage } from '../read-image.ts';
import type { ReadLimits } from '../read-limits.ts';
import { duplicateMember, membersOf, parseJson } from './json-text.ts';
import type { ProcessRows } from './process-rows.ts';
import { finished, processFaults, rowsFor, tooManyProcesses } from './tree-json.ts';

export async function readTreeNdjson(
  source: AsyncIterable<Uint8Array>,
  limits: ReadLimits,
): Promise<ReadImage> {
  let rows: ProcessRows | null = null;
  const lineOfRow: number[] = [];
  const faults: ReadFault[] = [];
  let refused = 0;
  for await (const { bytes, offset, line } of textLines(source, limits)) {
    const { value, members } = parseJson(bytes, limits, { line, offset });
    if (rows === null) {
      rows = rowsFor(withoutPid(value, line, offset), 0, limits, { line, offset });
      if (membersOf(value) !== members) throw duplicateMember(bytes, { line, offset });
      continue;
    }
    const row = rows.columns.count;
    if (row === limits.maxProcesses) throw tooManyProcesses(limits, { line, offset });
    const before = rows.members;
    if (!rows.append(value)) {
      if (refused++ < FaultList.KEPT) faults.push(...processFaults(value, { line, offset }));
      continue;
    }
    if (rows.members - before !== members) throw duplicateMember(bytes, { line, offset });
    if (line !== row + 2) lineOfRow[row] = line;
  }
  if (rows === null) throw readError(422, 'IMAGE_EMPTY', 'The upload has no line.');
  if (refused > 0)
    throw new ReadError(422, faults.slice(0, FaultList.KEPT), Math.max(refused, faults.length));
  const locate = (row: number, field: string): Place =>
    row < 0 ? { pointer: `/${field}`, line: 1 } : { pointer: `/${field}`, line: lineOfRow[row] ?? row + 2 };
  return finished(rows, limits, locate);
}

/** A first line that is a process is the usual mistake: it gets a sentence of its own. */
function withoutPid(value: unknown, line: number, offset: number): unknown {
  if (typeof value === 'object' && value !== null && 'pid' in value) {
    throw readError(
      422,
      'FIELD_UNKNOWN',
      'The first line has everything but the processes, {} at least; this one is a process.',
      { line, offset, pointer: '/pid' },
    );
  }
  return value;
}

interface TextLine {
  readonly bytes: Uint8Array;
  /** Byte offset of its first byte. */
  readonly offset: number;
  /** From 1. Blank lines are counted and left out. */
  readonly line: number;
}

async function* textLines(source: AsyncIterable<Uint8Array>, limits: ReadLimits): AsyncGenerator<TextLine> {
  let pending: Uint8Array[] = [];
  let pendingLength = 0;
  let offset = 0;
  let line = 0;
  for await (const chunk of source) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      const part = chunk.subarray(start, end < 0 ? chunk.length : end);
      if (pendingLength + part.length > limits.maxEntryBytes) {
        throw readError(413, 'LIMIT_EXCEEDED', `A line has more than ${limits.maxEntryBytes} bytes.`, {
          line: line + 1,
          offset,
        });
      }
      if (end < 0) {
        if (part.length > 0) pending.push(part);
        pendingLength += part.length;
        break;
      }
      line++;
      const bytes = pendingLength === 0 ? part : Buffer.concat([...pending, part]);
      if (!isBlank(bytes)) yield { bytes, offset, line };
      offset += bytes.length + 1;
      pending = [];
      pendingLength = 0;
      start = end + 1;
    }
  }
  const bytes = Buffer.concat(pending);
  if (!isBlank(bytes)) yield { bytes, offset, line: line + 1 };
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}

const LINE_FEED = 0x0a;
