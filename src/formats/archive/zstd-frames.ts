/**
 * A zstd stream cut at the ends of its frames (RFC 8878, section 3.1).
 *
 * In: bytes as they come. Out: the same bytes, no piece with more than one frame in it.
 * zlib's decoder needs it: before Node 26 it drops what follows the end of a frame in the same piece without a word, and
 * on Node 22 a stream that breaks off passes for whole. Archives of many frames are common (zstd:chunked, pzstd).
 * Cost: the headers of frames and blocks are read; nothing is copied.
 */

import type { ByteStream } from '../byte-stream.ts';
import { readError } from '../read-error.ts';

/**
 * @param maxFrames each costs a turn of the decoder, however short it is
 * @throws ReadError where no frame begins, where the stream ends inside of one, or after too many
 */
export async function* byFrames(source: ByteStream, maxFrames: number): ByteStream {
  const frames = new FrameWalk();
  let passed = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const end = frames.walk(chunk, at);
      if (frames.lost) {
        throw readError(400, 'ARCHIVE_BROKEN', 'No zstd frame begins here.', { offset: passed + end - 4 });
      }
      if (frames.count > maxFrames) {
        throw readError(413, 'LIMIT_EXCEEDED', `The zstd stream has more than ${maxFrames} frames.`);
      }
      yield chunk.subarray(at, end);
      at = end;
    }
    passed += chunk.length;
  }
  if (!frames.between) {
    throw readError(400, 'ARCHIVE_BROKEN', 'The zstd stream ends inside of a frame.', { offset: passed });
  }
}

class FrameWalk {
  /** Frames that began. */
  count = 0;
  /** What should be a frame's beginning is none. */
  lost = false;
  private state: 'magic' | 'skippable' | 'frame' | 'block' | 'end' = 'magic';
  private checksum = 0;
  /** Bytes to pass over before the next header. */
  private passing = 0;
  private readonly header: number[] = [];
  private wanted = MAGIC_LENGTH;

  /** No frame has begun that has not ended. */
  get between(): boolean {
    return this.state === 'magic' && this.passing === 0 && this.header.length === 0;
  }

  /** Walks on from `at`; returns where the frame ends, or the end of the chunk. */
  walk(chunk: Uint8Array, at: number): number {
    let here = at;
    while (here < chunk.length && !this.lost) {
      if (this.passing > 0) {
        const passed = Math.min(this.passing, chunk.length - here);
        this.passing -= passed;
        here += passed;
      } else {
        this.header.push(chunk[here++]!);
        if (this.header.length === this.wanted) this.readHeader();
      }
      if (this.state === 'end' && this.passing === 0) {
        this.expect('magic', MAGIC_LENGTH);
        return here;
      }
    }
    return here;
  }

  private readHeader(): void {
    const { header } = this;
    switch (this.state) {
      case 'magic': {
        const magic = littleEndian(header);
        this.count++;
        if (magic === FRAME_MAGIC) this.expect('frame', 1);
        else if (magic >= SKIPPABLE_MAGIC && magic < SKIPPABLE_MAGIC + 16) this.expect('skippable', 4);
        else this.lost = true;
        break;
      }
      case 'skippable':
        this.passing = littleEndian(header);
        this.expect('end', 0);
        break;
      case 'frame':
        this.readFrame(header);
        break;
      case 'block':
        this.readBlock(littleEndian(header));
    }
  }

  private readFrame(header: number[]): void {
    const descriptor = header[0]!;
    const singleSegment = (descriptor & 0x20) !== 0;
    const windowLength = singleSegment ? 0 : 1;
    const dictionaryLength = [0, 1, 2, 4][descriptor & 3]!;
    const sizeLength = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
    this.checksum = (descriptor & 4) === 0 ? 0 : 4;
    this.passing = windowLength + dictionaryLength + sizeLength;
    this.expect('block', 3);
  }

  private readBlock(block: number): void {
    const isLast = (block & 1) === 1;
    const isRunLength = ((block >> 1) & 3) === 1;
    this.passing = (isRunLength ? 1 : block >> 3) + (isLast ? this.checksum : 0);
    if (isLast) this.expect('end', 0);
    else this.expect('block', 3);
  }

  private expect(state: typeof this.state, wanted: number): void {
    this.state = state;
    this.wanted = wanted;
    this.header.length = 0;
  }
}

const MAGIC_LENGTH = 4;
const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;

function littleEndian(bytes: readonly number[]): number {
  return bytes.reduceRight((number, byte) => number * 256 + byte, 0);
}
