/**
 * Short texts that are expected somewhere in bytes, compared four bytes at a time.
 *
 * In: ASCII. Out: does it stand there? Of the last three bytes of all it is not seen whether it does.
 */

export interface ExpectedText {
  readonly length: number;
  /** Little-endian numbers. */
  readonly fours: Int32Array;
  /** What of the last one is text. */
  readonly mask: number;
}

export function expectedText(text: string): ExpectedText {
  const bytes = Buffer.alloc(Math.ceil(text.length / 4) * 4);
  bytes.write(text, 'latin1');
  const fours = Int32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readInt32LE(4 * i));
  return { length: text.length, fours, mask: -1 >>> (8 * (bytes.length - text.length)) };
}

export function standsAt(view: DataView, at: number, { fours, mask }: ExpectedText): boolean {
  const last = fours.length - 1;
  if (at + 4 * fours.length > view.byteLength) return false;
  for (let i = 0; i < last; i++) if (view.getInt32(at + 4 * i, true) !== fours[i]) return false;
  return (view.getInt32(at + 4 * last, true) & mask) === fours[last];
}
