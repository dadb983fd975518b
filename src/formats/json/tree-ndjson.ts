/**
 * The tree image as NDJSON: the first line has everything but the processes, each further line is one process.
 *
 * Read as it arrives, a block of whole lines at a time. A line is scanned (process-scanner.ts); one that is not as images
 * write it is parsed on its own, and what is wrong in it is told with its line and offset.
 */
import { FaultList } from '../../engine/tree/tree-fault.ts';
import type { ByteStream } from '../byte-stream.ts';
import { ReadError, type ReadFault, readError } from '../read-error.ts';
import type { Place, ReadImage } from '../read-image.ts';
import type { ReadLimits } from '../read-limits.ts';
import { isSpace } from './json-bytes.ts';
import { duplicateMember, parseJson, parseJsonStrictly } from './json-text.ts';
import { LINE_FEED, type LineBlock, lineBlocks } from './line-blocks.ts';
import type { ProcessRows } from './process-rows.ts';
import { ProcessScanner } from './process-scanner.ts';
import { finished, processFaults, rowsFor, tooManyProcesses } from './tree-json.ts';

/** Of a process: itself, a vector. */
const DEPTH = 2;

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

  read({ bytes, offset, line: first }: LineBlock): void {
    const scanner = new ProcessScanner(bytes, 0);
    let line = first;
    for (let begin = 0; begin <= bytes.length; line++) {
      const feed = bytes.indexOf(LINE_FEED, begin);
      const end = feed < 0 ? bytes.length : feed;
      if (!this.scanned(scanner, bytes, begin, end, line))
        this.parsed({ bytes: bytes.subarray(begin, end), offset: offset + begin, line });
      begin = end + 1;
    }
  }

  /** False: the line is not as images write a process; nothing of it was taken. */
  private scanned(
    scanner: ProcessScanner,
    bytes: Uint8Array,
    begin: number,
    end: number,
    line: number,
  ): boolean {
    const { rows } = this;
    if (rows === null || this.limits.maxDepth < DEPTH) return false;
    scanner.at = begin;
    // An object that goes on in the next line is none of this one.
    if (!scanner.process() || !isBlank(bytes, scanner.at, end)) return false;
    this.makeRoom(rows, line);
    rows.put(scanner.found, scanner.members, false);
    return true;
  }

  private parsed({ bytes, ...place }: LineBlock): void {
    const { rows, limits } = this;
    if (isBlank(bytes, 0, bytes.length)) return;
    if (rows === null) {
      this.rows = rowsAfter(parseJsonStrictly(bytes, limits, place), limits, place);
      return;
    }
    const { value, members } = parseJson(bytes, limits, place);
    this.makeRoom(rows, place.line);
    const before = rows.members;
    if (!rows.append(value)) {
      if (this.refused++ < FaultList.KEPT) this.faults.push(...processFaults(value, { line: place.line }));
    } else if (rows.members - before !== members) throw duplicateMember(bytes, place);
  }

  /** Notes where the next row stands. */
  private makeRoom({ columns: { count: row } }: ProcessRows, line: number): void {
    if (row === this.limits.maxProcesses) throw tooManyProcesses(this.limits, { line });
    if (line !== row + 2) this.movedRows[row] = line;
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

/** Is nothing but space there? False where `end` lies before `begin`. */
function isBlank(bytes: Uint8Array, begin: number, end: number): boolean {
  let at = begin;
  while (at < end && isSpace(bytes[at])) at++;
  return at === end;
}

/** @param header the first line's value */
function rowsAfter(header: unknown, limits: ReadLimits, place: Place): ProcessRows {
  if (typeof header === 'object' && header !== null && 'pid' in header) {
    const message = 'The first line has everything but the processes, {} at least; this one is a process.';
    throw readError(422, 'FIELD_UNKNOWN', message, { ...place, pointer: '/pid' });
  }
  return rowsFor(header, 0, limits, place);
}
