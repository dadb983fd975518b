/**
 * The body of an upload, received and counted while it comes: Fastify's own limit does not cover streams.
 *
 * What is small is received whole. Of what is larger the head is here and the rest is a stream, which a worker reads
 * (jobs/byte-channel.ts). A client that stops in the middle ends here; nothing was written anywhere yet.
 */

import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../../errors.ts';
import type { ByteStream } from '../../formats/byte-stream.ts';
import type { UploadPart } from '../../formats/read-tree.ts';
import type { BodyUpload, FilesUpload, Upload } from '../../jobs/upload.ts';

export interface ReceiveLimits {
  readonly maxBodyBytes: number;
  readonly maxEntries: number;
}

/** In this scope bodies other than multipart are not parsed: the handler receives them itself. */
export function leaveBodiesAlone(scope: FastifyInstance): void {
  scope.removeContentTypeParser(['application/json', 'text/plain']);
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
}

/**
 * @param wholeBytes bodies up to this size are received whole
 * @throws Problem BODY_TOO_LARGE, BODY_EMPTY, BODY_UNPARSABLE, REQUEST_INVALID
 */
export async function receiveUpload(
  request: FastifyRequest,
  limits: ReceiveLimits,
  wholeBytes: number,
): Promise<Upload> {
  const contentType = request.headers['content-type'];
  if (contentType?.startsWith('multipart/form-data')) return receiveFiles(request, limits);
  if (Number(request.headers['content-length']) > limits.maxBodyBytes) throw tooLarge(limits);
  const upload = await receiveBody(request.raw, contentType, limits, wholeBytes);
  if (upload.head.length === 0) throw new Problem('BODY_EMPTY', 'A tree image or a JSON object is expected.');
  return upload;
}

async function receiveFiles(request: FastifyRequest, limits: ReceiveLimits): Promise<FilesUpload> {
  const parts: UploadPart[] = [];
  let left = limits.maxBodyBytes;
  try {
    const found = request.parts({
      limits: { fileSize: limits.maxBodyBytes, files: limits.maxEntries, parts: limits.maxEntries },
    });
    for await (const part of found) {
      if (part.type !== 'file') continue;
      // A part of octets without a file name counts as a file.
      const { filename = '' } = part as { filename?: string };
      const isPages = filename.startsWith('pages-');
      const chunks: Buffer[] = [];
      for await (const chunk of part.file) {
        left -= chunk.length;
        if (left < 0) throw tooLarge(limits);
        if (!isPages) chunks.push(chunk);
      }
      if (!isPages) parts.push({ name: filename, bytes: Buffer.concat(chunks) });
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    if ((error as { statusCode?: number }).statusCode === 413) throw tooLarge(limits);
    const message = error instanceof Error ? error.message : String(error);
    throw new Problem('BODY_UNPARSABLE', `The multipart body cannot be parsed: ${message}`, { cause: error });
  }
  if (parts.length === 0) throw new Problem('BODY_EMPTY', 'No part of the multipart body is a file.');
  return { parts };
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

function endedEarly(cause?: unknown): Problem {
  return new Problem('REQUEST_INVALID', 'The connection ended before the body was complete.', { cause });
}

function tooLarge({ maxBodyBytes }: ReceiveLimits): Problem {
  return new Problem('BODY_TOO_LARGE', `The body may have ${maxBodyBytes} bytes.`, {
    headers: { connection: 'close' },
  });
}
