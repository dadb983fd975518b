/**
 * Bodies that are read where they arrive: decoded as their Content-Encoding says, by gzip or zstd, and bounded.
 *
 * A body is read to its end even where nobody wants the rest: the next request of the connection comes behind it.
 */

import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../../errors.ts';
import { decodedContent } from '../../formats/archive/content-encoding.ts';
import { type ByteStream, collected } from '../../formats/byte-stream.ts';
import { ReadError } from '../../formats/read-error.ts';
import type { ReadLimits } from '../../formats/read-limits.ts';
import { bodyProblem } from '../../jobs/read-problems.ts';
import { endedEarly, tooLarge } from './receive-limits.ts';
import { encodingOf } from './receive-upload.ts';

/** @throws Problem ENCODING_UNKNOWN at once, BODY_UNPARSABLE, BODY_TOO_LARGE, REQUEST_INVALID where they are read */
export function decodedBody(request: FastifyRequest, limits: ReadLimits): ByteStream {
  const body = toItsEnd(request.raw);
  const encoding = encodingOf(request);
  return toldAsProblems(encoding === undefined ? body : decodedContent(body, encoding, limits));
}

/** @throws Problem the same, and BODY_TOO_LARGE above so many bytes */
export async function wholeBody(
  request: FastifyRequest,
  limits: ReadLimits,
  maxBodyBytes: number,
): Promise<Buffer> {
  if (Number(request.headers['content-length']) > maxBodyBytes) {
    request.raw.resume();
    throw tooLarge({ maxBodyBytes });
  }
  const body = decodedBody(request, limits);
  return Buffer.from(await collected(body, maxBodyBytes, () => tooLarge({ maxBodyBytes })));
}

async function* toItsEnd(body: Readable): ByteStream {
  try {
    yield* body.iterator({ destroyOnReturn: false }) as ByteStream;
  } finally {
    body.resume();
  }
}

async function* toldAsProblems(body: ByteStream): ByteStream {
  try {
    yield* body;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw error instanceof ReadError ? bodyProblem(error) : endedEarly(error);
  }
}
