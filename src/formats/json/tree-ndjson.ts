/**
 * The tree image as NDJSON: the first line has everything but the processes, each further line is one process.
 *
 * Read as it arrives, a block of whole lines at a time: what can be checked for a block at once (UTF-8, depth, the
 * number of members) is, and only a block that fails is looked at line by line.
 */
import { isUtf8 } from 'node:buffer';
import { FaultList } from '../../engine/tree/tree-fault.ts';
import type { ByteStream } from '../byte-stream.ts';
import { ReadError, type ReadFault, readError } from '../read-error.ts';
import type { Place, ReadImage } from '../read-image.ts';
import type { ReadLimits } from '../read-limits.ts';
import { membersOf, parseJsonStrictly, shapeOf } from './json-text.ts';
import { type LineBlock, lineBlocks, linesOf } from './line-blocks.ts';
import type { ProcessRows } from './process-rows.ts';
import { finished, processFaults, rowsFor, tooManyProcesses } from './tree-json.ts';

export async function readTreeNdjson(source: ByteStream, limits: ReadLimits): Promise<ReadImage> {
  const reader = new NdjsonReader(limits);
  for await (const block of lineBlocks(source, limits)) reader.read(block);
  return reader.finish();
}

class NdjsonReader {
  private readonly limits: ReadLimits;
  private rows: ProcessRows | null = null;
  /** Lines of the rows that do not stand where they would without blank lines. */
  private readonly movedRows: number[] = [];
  private readonly faults: ReadFault[] = [];
  private refused = 0;

  constructor(limits: ReadLimits) {
    this.limits = limits;
  }

  read(block: LineBlock): void {
    const { bytes } = block;
    const shape = shapeOf(bytes);
    if (shape.depth > this.limits.maxDepth || !isUtf8(bytes)) this.refuse(block);
    const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8').split('\n');
    const membersBefore = this.rows?.members ?? 0;
    let begin = 0;
    let headerMembers = 0;
    if (this.rows === null) {
      begin = lines.findIndex((line) => line.trim() !== '') + 1;
      if (begin === 0) return;
      headerMembers = this.readHeader(block, begin - 1);
    }
    const rows = this.rows!;
    for (let i = begin; i < lines.length; i++) {
      const text = lines[i]!;
      if (text.length <= 1 && text.trim() === '') continue;
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        if (text.trim() === '') continue;
        this.refuse(block);
      }
      this.append(rows, value, block, i);
    }
    // Members are missing in a value where a line names one twice; lines that were refused are faults already.
    if (this.refused === 0 && rows.members - membersBefore + headerMembers !== shape.members)
      this.refuse(block);
  }

  /** Reads the header and returns how many members it has. */
  private readHeader(block: LineBlock, at: number): number {
    const { bytes, ...place } = [...linesOf(block, at + 1)].at(-1)!;
    const value = parseJsonStrictly(bytes, this.limits, place);
    if (typeof value === 'object' && value !== null && 'pid' in value) {
      const message = 'The first line has everything but the processes, {} at least; this one is a process.';
      throw readError(422, 'FIELD_UNKNOWN', message, { ...place, pointer: '/pid' });
    }
    this.rows = rowsFor(value, 0, this.limits, place);
    return membersOf(value);
  }

  private append(rows: ProcessRows, value: unknown, block: LineBlock, at: number): void {
    const row = rows.columns.count;
    const line = block.line + at;
    if (row === this.limits.maxProcesses) throw tooManyProcesses(this.limits, { line });
    if (!rows.append(value)) {
      if (this.refused++ < FaultList.KEPT) this.faults.push(...processFaults(value, { line }));
    } else if (line !== row + 2) this.movedRows[row] = line;
  }

  /** Throws the fault of a block in which something is wrong, with its line and offset. */
  private refuse(block: LineBlock): never {
    for (const { bytes, ...place } of linesOf(block)) {
      if (bytes.some((byte) => byte > 0x20)) parseJsonStrictly(bytes, this.limits, place);
    }
    throw readError(400, 'JSON_SYNTAX', 'A line is not JSON.', { line: block.line, offset: block.offset });
  }

  finish(): ReadImage {
    const { rows, faults, refused, movedRows } = this;
    if (rows === null) throw readError(422, 'IMAGE_EMPTY', 'The upload has no line.');
    if (refused > 0)
      throw new ReadError(422, faults.slice(0, FaultList.KEPT), Math.max(refused, faults.length));
    const locate = (row: number, field: string): Place => ({
      pointer: `/${field}`,
      line: row < 0 ? 1 : (movedRows[row] ?? row + 2),
    });
    return finished(rows, this.limits, locate);
  }
}
