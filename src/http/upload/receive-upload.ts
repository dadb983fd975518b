/**
 * The body of an upload, received and counted while it comes: Fastify's own limit does not cover streams.
 *
 * What is small is received whole. Of what is larger the head is here and the rest is a stream, which a worker reads
 * (jobs/byte-channel.ts). A client that stops in the middle ends here; nothing was written anywhere yet.
 */

import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../../errors.ts';
import { CONTENT_ENCODINGS, type ContentEncoding } from '../../formats/archive/content-encoding.ts';
import type { ByteStream } from '../../formats/byte-stream.ts';
import type { BodyUpload, Upload } from '../../jobs/upload.ts';
import { receiveMultipart } from './multipart-body.ts';
import { endedEarly, type ReceiveLimits, tooLarge } from './receive-limits.ts';

/** In this scope bodies are not parsed: the handler receives them itself. */
export function leaveBodiesAlone(scope: FastifyInstance): void {
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
}

/**
 * What takes no body is asked with none, whatever type a client says that it has. One with bytes in it asks for something
 * that this call does not do.
 */
export function refuseBodies(app: FastifyInstance): void {
  app.addContentTypeParser('*', (request, payload: Readable, done) => {
    let isJudged = false;
    const judge = (fault: Error | null): void => {
      if (!isJudged) done(fault);
      isJudged = true;
    };
    const refused = () => new Problem('FORM_UNKNOWN', 'No body of this form is taken here.');
    payload
      .on('data', () => judge(request.is404 ? null : refused()))
      .on('error', judge)
      .on('end', () => judge(null));
  });
}

/**
 * @param wholeBytes bodies up to this size are received whole
 * @throws Problem BODY_TOO_LARGE, BODY_EMPTY, BODY_UNPARSABLE, BODY_INVALID, ENCODING_UNKNOWN, REQUEST_INVALID
 */
export async function receiveUpload(
  request: FastifyRequest,
  limits: ReceiveLimits,
  wholeBytes: number,
  expected = 'A tree image or a JSON object is expected.',
): Promise<Upload> {
  const contentType = request.headers['content-type'];
  const contentEncoding = encodingOf(request);
  if (contentType?.startsWith('multipart/form-data')) {
    if (contentEncoding) throw unknownEncoding(contentEncoding);
    return receiveMultipart(request, limits, wholeBytes);
  }
  if (Number(request.headers['content-length']) > limits.maxBodyBytes) throw tooLarge(limits);
  const upload = await receiveBody(request.raw, contentType, limits, wholeBytes);
  if (upload.head.length === 0) throw new Problem('BODY_EMPTY', expected);
  return contentEncoding ? { ...upload, contentEncoding } : upload;
}

/** @throws Problem ENCODING_UNKNOWN */
export function encodingOf({ headers }: FastifyRequest): ContentEncoding | undefined {
  const given = headers['content-encoding']?.trim().toLowerCase().replace(/^x-/, '');
  if (given === undefined || given === 'identity' || given === '') return undefined;
  const known = CONTENT_ENCODINGS.find((name) => name === given);
  if (!known) throw unknownEncoding(given);
  return known;
}

function unknownEncoding(given: string): Problem {
  const detail = `A body may be encoded as ${CONTENT_ENCODINGS.join(' or ')}; this one is ${given.slice(0, 100)}.`;
  return new Problem('ENCODING_UNKNOWN', detail, {
    headers: { 'accept-encoding': CONTENT_ENCODINGS.join(', ') },
  });
}

/** Resolves when the body is here or has shown to be large. */
function receiveBody(
  stream: Readable,
  contentType: string | undefined,
  limits: ReceiveLimits,
  wholeBytes: number,
): Promise<BodyUpload> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const head = () => (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length));
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > limits.maxBodyBytes) fail(tooLarge(limits));
      else if (length > wholeBytes) {
        stream.pause();
        stop();
        resolve({ contentType, head: head(), rest: counted(stream, length, limits) });
      }
    };
    const onEnd = (): void => {
      stop();
      resolve({ contentType, head: head(), rest: null });
    };
    const onClose = (): void => fail(endedEarly());
    const fail = (problem: Problem): void => {
      stop();
      // What still comes is read and dropped, so that the client can finish and see the answer.
      stream.resume();
      reject(problem);
    };
    const stop = (): void => {
      stream.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
    };
    stream.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

async function* counted(stream: Readable, before: number, limits: ReceiveLimits): ByteStream {
  let length = before;
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      length += chunk.length;
      if (length > limits.maxBodyBytes) throw tooLarge(limits);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw endedEarly(error);
  } finally {
    stream.resume();
  }
}
