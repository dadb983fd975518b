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

/** The bytes of a piece that is written often, and short. */
export function word(text: string): Uint8Array {
  return Buffer.from(text);
}

export class ByteText {
  private bytes = Buffer.allocUnsafeSlow(ROOM);
  private length = 0;

  /** A new text, whatever became of the one before. */
  begin(): this {
    this.length = 0;
    return this;
  }

  word(word: Uint8Array): this {
    const { length } = this;
    const bytes = this.withRoom(word.length);
    // A call of `set` takes longer than these few.
    for (let i = 0; i < word.length; i++) bytes[length + i] = word[i]!;
    this.length = length + word.length;
    return this;
  }

  /** A word and an integer. */
  worded(word: Uint8Array, integer: number): this {
    this.word(word);
    const bytes = this.withRoom(1 + MOST_DIGITS);
    let end = this.length;
    if (integer < 0) bytes[end++] = MINUS;
    let rest = Math.abs(integer);
    for (let power = 10; power <= rest; power *= 10) end++;
    this.length = end + 1;
    for (; rest >= 10; end--) {
      const tens = Math.floor(rest / 10);
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
    if (this.bytes.length > LARGE) this.bytes = Buffer.allocUnsafeSlow(ROOM);
    return text;
  }

  private withRoom(more: number): Buffer {
    const needed = this.length + more;
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    return this.bytes;
  }
}
