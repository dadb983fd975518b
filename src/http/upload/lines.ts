/** The lines of a body as they come, without their line feeds; their lengths and the body's are bounded. */

import type { Readable } from 'node:stream';
import { Problem } from '../../errors.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** @throws Problem BODY_TOO_LARGE, REQUEST_INVALID */
export async function* linesOf(
  body: Readable,
  maxBytes: number,
  maxLine: number,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  let parts: Buffer[] = [];
  let length = 0;
  const take = (part: Buffer): void => {
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
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
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
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('REQUEST_INVALID', 'The connection ended before the body was complete.', {
      cause: error,
    });
  } finally {
    body.resume();
  }
}
