/** Which of the media types that an address can give the client likes best. */

import type { FastifyRequest } from 'fastify';
import { Problem } from '../../errors.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';
export const NDJSON_TYPE = 'application/x-ndjson; charset=utf-8';
export const TEXT_TYPE = 'text/plain; charset=utf-8';

/** All text is; a client may ask for just that. */
const CHARSET = '; charset=utf-8';

/** @throws Problem NOT_ACCEPTABLE */
export function acceptedType<T extends string>(request: FastifyRequest, offered: readonly [T, ...T[]]): T {
  const { accept } = request.headers;
  if (accept === undefined || accept === '*/*') return offered[0];
  const best = request.accepts().type(offered.map((type) => type + CHARSET));
  if (typeof best === 'string') return best.slice(0, -CHARSET.length) as T;
  throw new Problem('NOT_ACCEPTABLE', `This address gives ${offered.join(', ')}.`);
}
