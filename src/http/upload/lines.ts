/** The lines of a body as they come, without their line feeds; their lengths and the body's are bounded. */

import { Problem } from '../../errors.ts';
import type { ByteStream } from '../../formats/byte-stream.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** @throws Problem BODY_TOO_LARGE, and what the body throws */
export async function* linesOf(
  body: ByteStream,
  maxBytes: number,
  maxLine: number,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  let parts: Uint8Array[] = [];
  let length = 0;
  const take = (part: Uint8Array): void => {
    parts.push(part);
    length += part.length;
    if (length > maxLine) throw new Problem('BODY_TOO_LARGE', `A line may have ${maxLine} bytes.`);
  };
  const line = (): Uint8Array => {
    const whole = parts.length === 1 ? parts[0]! : Buffer.concat(parts, length);
    parts = [];
    length = 0;
    return whole.at(-1) === CARRIAGE_RETURN ? whole.subarray(0, -1) : whole;
  };
  for await (const chunk of body) {
    total += chunk.length;
    if (total > maxBytes) throw new Problem('BODY_TOO_LARGE', `The body may have ${maxBytes} bytes.`);
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      take(chunk.subarray(start, end));
      yield line();
      start = end + 1;
    }
    if (start < chunk.length) take(chunk.subarray(start));
  }
  if (length > 0) yield line();
}
