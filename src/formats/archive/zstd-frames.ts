/**
 * The cost of decoding a zstd stream in pure JavaScript, told before it is paid.
 *
 * fzstd allocates a frame's window at its header and moves the whole window at each block, so frames and blocks of a
 * few bytes with a large window cost gigabytes of copying a kilobyte. This walks the frame and block headers ahead of
 * the decoder (RFC 8878, section 3.1.1) and adds the windows up.
 */
export class ZstdFrames {
  /** Bytes that allocating and moving windows will touch. */
  work = 0;
  largestWindow = 0;
  private window = 0;
  private checksum = 0;
  private state: 'magic' | 'skippable' | 'frame' | 'block' = 'magic';
  /** Bytes to pass over before the next header. */
  private passing = 0;
  private readonly header: number[] = [];
  private wanted = MAGIC_LENGTH;

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.passing > 0) {
        const passed = Math.min(this.passing, chunk.length - at);
        this.passing -= passed;
        at += passed;
        continue;
      }
      this.header.push(chunk[at++]!);
      if (this.header.length === this.wanted) this.readHeader();
    }
  }

  private readHeader(): void {
    const { header } = this;
    switch (this.state) {
      case 'magic':
        if (littleEndian(header) === FRAME_MAGIC) this.expect('frame', 1);
        else this.expect('skippable', 4);
        break;
      case 'skippable':
        this.passing = littleEndian(header);
        this.expect('magic', MAGIC_LENGTH);
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
    const length = 1 + windowLength + dictionaryLength + sizeLength;
    if (header.length < length) {
      this.wanted = length;
      return;
    }
    if (singleSegment) {
      const size = littleEndian(header.slice(length - sizeLength));
      this.window = size + (sizeLength === 2 ? 256 : 0);
    } else {
      const base = 2 ** (10 + (header[1]! >> 3));
      this.window = base + (base / 8) * (header[1]! & 7);
    }
    this.checksum = (descriptor & 4) === 0 ? 0 : 4;
    this.largestWindow = Math.max(this.largestWindow, this.window);
    this.work += this.window;
    this.expect('block', 3);
  }

  private readBlock(block: number): void {
    const isLast = (block & 1) === 1;
    const isRunLength = ((block >> 1) & 3) === 1;
    this.passing = isRunLength ? 1 : block >> 3;
    this.work += this.window;
    if (isLast) {
      this.passing += this.checksum;
      this.expect('magic', MAGIC_LENGTH);
    } else this.expect('block', 3);
  }

  private expect(state: typeof this.state, wanted: number): void {
    this.state = state;
    this.wanted = wanted;
    this.header.length = 0;
  }
}

const MAGIC_LENGTH = 4;
const FRAME_MAGIC = 0xfd2fb528;

function littleEndian(bytes: readonly number[]): number {
  return bytes.reduceRight((number, byte) => number * 256 + byte, 0);
}
