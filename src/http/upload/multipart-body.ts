/**
 * Multipart bodies: the files of an image directory one by one, or one file that is a whole upload
 * (`curl -F file=@checkpoint.tar`).
 *
 * Files of an image are small but for the pages, which are dropped as they come. A whole upload is received whole where
 * it is small; of a larger one the head is here and the rest a stream, like a body of its own.
 * A body may have files by the ten thousand: each is taken from the parser's events, without a promise of its own.
 */

import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import type { FastifyRequest } from 'fastify';
import { type Fault, Problem } from '../../errors.ts';
import type { ByteStream } from '../../formats/byte-stream.ts';
import { imageFileName } from '../../formats/criu/image-file-name.ts';
import { surroundingName } from '../../formats/criu/surroundings/member-name.ts';
import { foreignForm, isImageFile } from '../../formats/foreign-forms.ts';
import type { UploadPart } from '../../formats/read-tree.ts';
import { FORM_OF_MEDIA_TYPE, formOfHead } from '../../formats/upload-form.ts';
import type { BodyUpload, Upload } from '../../jobs/upload.ts';
import { endedEarly, type ReceiveLimits, tooLarge } from './receive-limits.ts';

/**
 * @param wholeBytes whole uploads up to this size are received whole
 * @throws Problem BODY_TOO_LARGE, BODY_EMPTY, BODY_UNPARSABLE, BODY_INVALID, REQUEST_INVALID
 */
export function receiveMultipart(
  request: FastifyRequest,
  limits: ReceiveLimits,
  wholeBytes: number,
): Promise<Upload> {
  return new MultipartBody(request.raw, limits, wholeBytes).upload();
}

const ONE_OR_FILES = 'A multipart body has the files of one image directory, or one file that is an upload.';

interface BodyFile {
  readonly name: string;
  isOpen: boolean;
}

class MultipartBody {
  private readonly source: Readable & Pick<FastifyRequest['raw'], 'headers'>;
  private readonly limits: ReceiveLimits;
  private readonly wholeBytes: number;
  private readonly answer = Promise.withResolvers<Upload>();
  /** Resolves when the body has ended or failed. */
  private readonly over = Promise.withResolvers<void>();
  private readonly images: UploadPart[] = [];
  private parser: BusboyInstance | null = null;
  private files = 0;
  private last: BodyFile | null = null;
  /** Bytes of the body that have come. */
  private received = 0;
  private bytesLeft: number;
  private whole: BodyUpload | null = null;
  private wholeFile: BodyFile | null = null;
  /** A file of an image directory that makes no tree, which is the upload where it comes alone. */
  private lone: BodyUpload | null = null;
  /** The file that still comes, where it flows on to a reader. */
  private flowing: Readable | null = null;
  private fault: Problem | null = null;

  constructor(source: FastifyRequest['raw'], limits: ReceiveLimits, wholeBytes: number) {
    this.source = source;
    this.limits = limits;
    this.wholeBytes = wholeBytes;
    this.bytesLeft = limits.maxBodyBytes;
  }

  upload(): Promise<Upload> {
    this.receive();
    return this.answer.promise;
  }

  private receive(): void {
    const { source, limits } = this;
    const bounds = { files: limits.maxEntries, parts: limits.maxEntries };
    let parser: BusboyInstance;
    try {
      const headers = { ...source.headers, 'content-type': source.headers['content-type'] ?? '' };
      parser = new Busboy({ headers, limits: bounds });
    } catch (cause) {
      this.fail(broken('its Content-Type has no boundary that a body can have', {}, cause));
      return;
    }
    this.parser = parser;
    parser
      .on('file', (_field, stream, name, _encoding, type) => this.file(stream, name ?? '', type))
      .on('filesLimit', () => this.fail(tooLarge(limits)))
      .on('partsLimit', () => this.fail(tooLarge(limits)))
      .on('error', (cause: unknown) => this.fail(this.endsTooEarly(cause)))
      .on('finish', () => this.finish());
    source.on('close', this.closed).on('data', this.receivedPart).pipe(parser);
  }

  private readonly receivedPart = ({ length }: Uint8Array): void => {
    this.received += length;
  };

  private endsTooEarly(cause: unknown): Problem {
    const where = this.files === 0 ? 'no file of it has begun' : 'its last boundary has not come';
    const place = { offset: this.received, ...(this.last?.isOpen && { file: this.last.name }) };
    return broken(`it ends after ${this.received} bytes, and ${where}`, place, cause);
  }

  private readonly closed = (): void => {
    if (!this.source.readableEnded) this.fail(endedEarly());
  };

  private file(stream: Readable, name: string, type: string): void {
    const file = { name, isOpen: true };
    this.files++;
    this.last = file;
    stream.on('error', (cause) => this.fail(this.endsTooEarly(cause)));
    stream.on('end', () => {
      file.isOpen = false;
    });
    if (this.whole || this.flowing) this.fail(oneOrFiles(name));
    if (this.fault) stream.resume();
    else if (name.startsWith('pages-')) stream.on('data', (chunk) => this.count(chunk));
    else if (imageFileName(name) !== null || surroundingName(name) !== null) this.imageFile(stream, name);
    else this.perhapsWhole(stream, file, type);
  }

  private imageFile(stream: Readable, name: string): void {
    const chunks: Uint8Array[] = [];
    stream.on('data', (chunk: Buffer) => {
      this.count(chunk);
      chunks.push(chunk);
    });
    stream.on('end', () => {
      this.images.push({ name, bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) });
    });
  }

  /** A file that is neither of an image nor an upload is passed over. */
  private perhapsWhole(stream: Readable, file: BodyFile, type: string): void {
    const { name } = file;
    // A form that says nothing is found by its magic number; "text/plain" is what curl says of a file it does not know.
    const contentType = Object.hasOwn(FORM_OF_MEDIA_TYPE, type) ? type : undefined;
    const chunks: Uint8Array[] = [];
    let length = 0;
    const begins = (rest: ByteStream | null): void => {
      const head = Buffer.concat(chunks, length);
      if (!isUpload(name, contentType, head)) return;
      if (isOfImageDirectory(name, head) && (rest === null || this.images.length > 0)) {
        if (rest === null) this.lone = { contentType, head, rest };
      } else if (this.images.length > 0 || this.whole) this.fail(oneOrFiles(name));
      else {
        this.whole = { contentType, head, rest };
        this.wholeFile = file;
      }
    };
    const onData = (chunk: Buffer): void => {
      this.count(chunk);
      chunks.push(chunk);
      length += chunk.length;
      if (length <= this.wholeBytes || this.fault) return;
      stream.off('data', onData).off('end', onEnd);
      begins(this.restOf(stream));
      if (!this.whole) stream.on('data', (dropped) => this.count(dropped));
      else {
        stream.pause();
        this.flowing = stream;
        this.answer.resolve(this.whole);
      }
    };
    const onEnd = (): void => begins(null);
    stream.on('data', onData).on('end', onEnd);
  }

  private count(chunk: Uint8Array): void {
    this.bytesLeft -= chunk.length;
    if (this.bytesLeft < 0) this.fail(tooLarge(this.limits));
  }

  private finish(): void {
    if (this.whole && this.last !== this.wholeFile) this.fail(oneOrFiles(this.last!.name));
    this.over.resolve();
    this.source.off('close', this.closed);
    if (this.fault || this.flowing) return;
    const whole = this.whole ?? (this.files === 1 ? this.lone : null);
    if (whole) this.answer.resolve(whole);
    else if (this.files > 0) this.answer.resolve({ parts: this.images });
    else this.fail(new Problem('BODY_EMPTY', 'No part of the multipart body is a file.'));
  }

  /** What still comes is read and dropped, so that the client can finish and see the answer. */
  private drop(): void {
    const { source, parser } = this;
    source.off('close', this.closed).off('data', this.receivedPart);
    if (parser) source.unpipe(parser);
    source.resume();
  }

  private fail(problem: Problem): void {
    if (this.fault) return;
    this.fault = problem;
    this.drop();
    this.flowing?.destroy(problem);
    this.over.resolve();
    this.answer.reject(problem);
  }

  private async *restOf(stream: Readable): ByteStream {
    try {
      for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
        this.count(chunk);
        if (this.fault) throw this.fault;
        yield chunk;
      }
      await this.over.promise;
      if (this.fault) throw this.fault;
    } catch (cause) {
      throw this.fault ?? this.endsTooEarly(cause);
    } finally {
      this.drop();
    }
  }
}

function isUpload(name: string, contentType: string | undefined, head: Uint8Array): boolean {
  if (formOfHead(head) !== null || foreignForm(head) !== null) return true;
  return contentType !== undefined && name !== '';
}

/** By its name, whatever is in it (the contents of a tmpfs are a tar.gz), or by its magic number. */
function isOfImageDirectory(name: string, head: Uint8Array): boolean {
  return /\.img(\.json)?$/.test(name) || isImageFile(head);
}

function broken(why: string, place: Pick<Fault, 'file' | 'offset'>, cause: unknown): Problem {
  const message = `The multipart body is broken: ${why}.`;
  return new Problem('BODY_UNPARSABLE', message, {
    cause,
    errors: [{ code: 'MULTIPART_BROKEN', message, ...place }],
  });
}

/** @param file that is one too many */
function oneOrFiles(file: string): Problem {
  return new Problem('BODY_INVALID', ONE_OR_FILES, {
    errors: [{ code: 'FILE_TOO_MANY', message: ONE_OR_FILES, file }],
  });
}
