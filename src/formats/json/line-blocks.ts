/** A stream cut into blocks of whole lines, and blocks into lines, each with its place in the upload. */

import type { ByteStream } from '../byte-stream.ts';
import { readError } from '../read-error.ts';
import type { ReadLimits } from '../read-limits.ts';

/** Whole lines, without the line feed of the last. */
export interface LineBlock {
  readonly bytes: Uint8Array;
  /** Offset of the first byte in the upload. */
  readonly offset: number;
  /** Number of the first line, from 1. */
  readonly line: number;
}

/** Bytes that are looked at together: large enough to spread the cost of a call, small enough for the cache. */
const BLOCK_LENGTH = 2 ** 18;

/** Cuts a stream into blocks of whole lines. A line over `maxEntryBytes`, or a stream over `maxDecodedBytes`: 413. */
export async function* lineBlocks(source: ByteStream, limits: ReadLimits): AsyncGenerator<LineBlock> {
  let unfinished: Uint8Array[] = [];
  let unfinishedLength = 0;
  let offset = 0;
  let line = 1;
  const tooLong = (place: { line: number; offset: number }) =>
    readError(413, 'LIMIT_EXCEEDED', `A line has more than ${limits.maxEntryBytes} bytes.`, place);
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + BLOCK_LENGTH);
      at += piece.length;
      if (offset + unfinishedLength + piece.length > limits.maxDecodedBytes) {
        throw readError(413, 'LIMIT_EXCEEDED', `The upload has more than ${limits.maxDecodedBytes} bytes.`);
      }
      const end = piece.lastIndexOf(LINE_FEED);
      if (end < 0) {
        unfinished.push(piece);
        unfinishedLength += piece.length;
        if (unfinishedLength > limits.maxEntryBytes) throw tooLong({ line, offset });
        continue;
      }
      const head = piece.subarray(0, end);
      const bytes = unfinished.length === 0 ? head : Buffer.concat([...unfinished, head]);
      const block = { bytes, offset, line };
      const long = lineOver(limits.maxEntryBytes, block);
      if (long) throw tooLong({ line: long.line, offset: long.offset });
      yield block;
      offset += bytes.length + 1;
      line += 1 + lineFeeds(bytes);
      unfinished = end + 1 < piece.length ? [piece.subarray(end + 1)] : [];
      unfinishedLength = piece.length - end - 1;
    }
  }
  if (unfinishedLength > limits.maxEntryBytes) throw tooLong({ line, offset });
  if (unfinishedLength > 0) yield { bytes: Buffer.concat(unfinished), offset, line };
}

/** The first line that is longer than `most`; a block that is not has none, and is not looked at. */
function lineOver(most: number, block: LineBlock): LineBlock | null {
  if (block.bytes.length <= most) return null;
  for (const line of linesOf(block)) if (line.bytes.length > most) return line;
  return null;
}

/** The lines of a block one by one, the first `most` of them. */
export function* linesOf(
  { bytes, offset, line }: LineBlock,
  most = Number.POSITIVE_INFINITY,
): Generator<LineBlock> {
  let start = 0;
  for (let number = line; start <= bytes.length && number < line + most; number++) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found < 0 ? bytes.length : found;
    yield { bytes: bytes.subarray(start, end), offset: offset + start, line: number };
    start = end + 1;
  }
}

function lineFeeds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}

export const LINE_FEED = 0x0a;
