/**
 * Multipart bodies: the files of an image directory one by one, or one file that is a whole upload
 * (`curl -F file=@checkpoint.tar`).
 *
 * Files of an image are small but for the pages, which are dropped as they come. A whole upload is received whole where
 * it is small; of a larger one the head is here and the rest a stream, like a body of its own.
 */

import type { FastifyRequest } from 'fastify';
import { Problem } from '../../errors.ts';
import type { ByteStream } from '../../formats/byte-stream.ts';
import { imageFileName } from '../../formats/criu/image-file-name.ts';
import { foreignForm } from '../../formats/foreign-forms.ts';
import type { UploadPart } from '../../formats/read-tree.ts';
import { FORM_OF_MEDIA_TYPE, formOfHead } from '../../formats/upload-form.ts';
import type { Upload } from '../../jobs/upload.ts';
import { type ReceiveLimits, tooLarge } from './receive-limits.ts';

/**
 * @param wholeBytes whole uploads up to this size are received whole
 * @throws Problem BODY_TOO_LARGE, BODY_EMPTY, BODY_UNPARSABLE, BODY_INVALID
 */
export async function receiveMultipart(
  request: FastifyRequest,
  limits: ReceiveLimits,
  wholeBytes: number,
): Promise<Upload> {
  const parts = new Parts(request, limits);
  const files: UploadPart[] = [];
  for (let file = await parts.next(); file; file = await parts.next()) {
    const { name } = file;
    if (imageFileName(name) === null && !name.startsWith('pages-')) {
      const whole = await wholeUpload(file, parts, wholeBytes);
      if (whole && files.length > 0) throw new Problem('BODY_INVALID', ONE_OR_FILES);
      if (whole) return whole;
      continue;
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of parts.chunks(file)) if (!name.startsWith('pages-')) chunks.push(chunk);
    if (!name.startsWith('pages-')) files.push({ name, bytes: Buffer.concat(chunks) });
  }
  if (files.length === 0 && parts.files === 0)
    throw new Problem('BODY_EMPTY', 'No part of the multipart body is a file.');
  return { parts: files };
}

const ONE_OR_FILES = 'A multipart body has the files of one image directory, or one file that is an upload.';

interface File {
  readonly name: string;
  readonly type: string;
  readonly stream: AsyncIterable<Buffer>;
}

/** The files of a body as they come, their bytes counted together. */
class Parts {
  files = 0;
  private readonly request: FastifyRequest;
  private readonly limits: ReceiveLimits;
  private readonly parts: ReturnType<FastifyRequest['parts']>;
  private left: number;

  constructor(request: FastifyRequest, limits: ReceiveLimits) {
    const { maxBodyBytes, maxEntries } = limits;
    this.request = request;
    this.limits = limits;
    this.left = maxBodyBytes;
    const bounds = { fileSize: maxBodyBytes, files: maxEntries, parts: maxEntries };
    this.parts = request.parts({ limits: bounds });
  }

  /** Null: there are no more. */
  async next(): Promise<File | null> {
    for (;;) {
      const { done, value: part } = await this.checked(() => this.parts.next());
      if (done) return null;
      if (part.type !== 'file') continue;
      this.files++;
      // A part of octets without a file name counts as a file.
      return { name: part.filename ?? '', type: part.mimetype, stream: part.file };
    }
  }

  async *chunks({ stream }: File): AsyncGenerator<Uint8Array> {
    const iterator = stream[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await this.checked(() => iterator.next());
      if (done) return;
      this.left -= value.length;
      if (this.left < 0) throw tooLarge(this.limits);
      yield value;
    }
  }

  /** What still comes is read and dropped, so that the client can finish and see the answer. */
  drop(): void {
    this.request.raw.unpipe();
    this.request.raw.resume();
  }

  private async checked<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 413) throw tooLarge(this.limits);
      const message = error instanceof Error ? error.message : String(error);
      const detail = `The multipart body cannot be parsed: ${message}`;
      throw new Problem('BODY_UNPARSABLE', detail, { cause: error });
    }
  }
}

/** Null: the file is no upload, and was passed over. */
async function wholeUpload(file: File, parts: Parts, wholeBytes: number): Promise<Upload | null> {
  const chunks = parts.chunks(file);
  const first: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  while (length <= wholeBytes && !ended) {
    const { done, value } = await chunks.next();
    if (done) ended = true;
    else {
      first.push(value);
      length += value.length;
    }
  }
  const head = Buffer.concat(first, length);
  if (!isUpload(file, head)) {
    if (!ended) for await (const _ of chunks);
    return null;
  }
  // A form that says nothing is found by its magic number; "text/plain" is what curl says of a file it does not know.
  const contentType = Object.hasOwn(FORM_OF_MEDIA_TYPE, file.type) ? file.type : undefined;
  if (ended) {
    await onlyOne(parts);
    return { contentType, head, rest: null };
  }
  return { contentType, head, rest: restOf(chunks, parts) };
}

function isUpload({ name, type }: File, head: Uint8Array): boolean {
  if (formOfHead(head) !== null || foreignForm(head) !== null) return true;
  return Object.hasOwn(FORM_OF_MEDIA_TYPE, type) && name !== '';
}

async function* restOf(chunks: AsyncGenerator<Uint8Array>, parts: Parts): ByteStream {
  try {
    yield* chunks;
    await onlyOne(parts);
  } finally {
    parts.drop();
  }
}

async function onlyOne(parts: Parts): Promise<void> {
  if (await parts.next()) throw new Problem('BODY_INVALID', ONE_OR_FILES);
}
