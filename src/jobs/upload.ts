/** What a client uploads: one body, or the files of an image one by one. */

import type { ContentEncoding } from '../formats/archive/content-encoding.ts';
import type { ByteStream } from '../formats/byte-stream.ts';
import { GZIP_MAGIC, startsWith, ZSTD_MAGIC } from '../formats/magic.ts';
import type { UploadPart } from '../formats/read-tree.ts';

export interface BodyUpload {
  readonly contentType: string | undefined;
  /** Of `head` and `rest`; left out where they are plain. */
  readonly contentEncoding?: ContentEncoding;
  /** The first bytes, and all of them where `rest` is null. */
  readonly head: Uint8Array;
  readonly rest: ByteStream | null;
}

export interface FilesUpload {
  readonly parts: readonly UploadPart[];
}

export type Upload = BodyUpload | FilesUpload;

/**
 * What the body may be: an image; or a request for a plan, which brings an image, names one, or is one itself; or such a
 * request that may say to which container of which pod its tree belongs. Or an archive with a log of CRIU, with an image
 * or without.
 */
export type Wanted = 'image' | 'plan request' | 'batch line' | 'log';

/** Bytes that are to be read, once decoded; infinite while they are not all here. */
export function uploadSize(upload: Upload): number {
  if ('parts' in upload) return upload.parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const { head, rest } = upload;
  if (rest) return Number.POSITIVE_INFINITY;
  const compressed = startsWith(head, GZIP_MAGIC) || startsWith(head, ZSTD_MAGIC);
  return compressed ? head.length * DECODED_A_BYTE : head.length;
}

/** Images of small processes shrink to a thirtieth. */
const DECODED_A_BYTE = 32;
