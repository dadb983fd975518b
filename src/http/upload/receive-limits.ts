/** Limits of bodies, and the two ways in which a body ends too early. */

import { Problem } from '../../errors.ts';

/** What a body may be. */
export interface ReceiveLimits {
  readonly maxBodyBytes: number;
  /** Files of a multipart body. */
  readonly maxEntries: number;
}

export function tooLarge({ maxBodyBytes }: Pick<ReceiveLimits, 'maxBodyBytes'>): Problem {
  return new Problem('BODY_TOO_LARGE', `The body may have ${maxBodyBytes} bytes.`, {
    headers: { connection: 'close' },
  });
}

export function endedEarly(cause?: unknown): Problem {
  return new Problem('REQUEST_INVALID', 'The connection ended before the body was complete.', { cause });
}
