/**
 * A text that is written as the bytes that are sent: words that are bytes already, integers as their digits, strings.
 *
 * In: one piece after the other. Out: all of them in one buffer. Why not strings all the way: a plan of a hundred
 * processes has some thousand short ones, each of which would be made, joined, flattened and encoded.
 * Cost: O(bytes); the memory serves the next text too, unless it is large.
 */

const ROOM = 64 * 1024;
const LARGE = 1 << 20;
const MOST_DIGITS = 10;
/** A UTF-16 unit in UTF-8, at most. */
const MOST_BYTES_A_UNIT = 3;
const [ZERO, MINUS] = [0x30, 0x2d];

/** A piece that is written often, and short: its bytes, four at a time. */
export interface Word {
  readonly length: number;
  readonly fours: Uint32Array;
}

export function word(text: string): Word {
  const bytes = Buffer.from(text);
  const fours = new Uint32Array(Math.ceil(bytes.length / 4));
  new Uint8Array(fours.buffer).set(bytes);
  return { length: bytes.length, fours };
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

export class ByteText {
  private bytes = Buffer.allocUnsafeSlow(ROOM);
  private view = viewOf(this.bytes);
  private length = 0;

  /** A new text, whatever became of the one before. */
  begin(): this {
    this.length = 0;
    return this;
  }

  word({ length, fours }: Word): this {
    const at = this.length;
    this.withRoom(length + 3);
    const { view } = this;
    // A call of `set` takes longer than these few.
    for (let i = 0; i < fours.length; i++) view.setUint32(at + 4 * i, fours[i]!, IS_LITTLE_ENDIAN);
    this.length = at + length;
    return this;
  }

  /** A word and an integer. */
  worded(word: Word, integer: number): this {
    this.word(word);
    const bytes = this.withRoom(1 + MOST_DIGITS);
    let end = this.length;
    if (integer < 0) bytes[end++] = MINUS;
    let rest = Math.abs(integer);
    for (let power = 10; power <= rest; power *= 10) end++;
    this.length = end + 1;
    for (; rest >= 10; end--) {
      const tens = (rest / 10) >>> 0;
      bytes[end] = ZERO + rest - 10 * tens;
      rest = tens;
    }
    bytes[end] = ZERO + rest;
    return this;
  }

  text(text: string): this {
    const most = text.length > ROOM ? Buffer.byteLength(text) : MOST_BYTES_A_UNIT * text.length;
    this.length += this.withRoom(most).write(text, this.length);
    return this;
  }

  /** What was written since it began, or was taken last. */
  taken(): Buffer {
    const text = Buffer.from(this.bytes.subarray(0, this.length));
    this.length = 0;
    if (this.bytes.length > LARGE) this.remember(Buffer.allocUnsafeSlow(ROOM));
    return text;
  }

  private withRoom(more: number): Buffer {
    const needed = this.length + more;
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
      larger.set(this.bytes.subarray(0, this.length));
      this.remember(larger);
    }
    return this.bytes;
  }

  private remember(bytes: Buffer<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
