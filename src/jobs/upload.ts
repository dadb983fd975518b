/** What a client uploads: one body, or the files of an image one by one. */

import type { ByteStream } from '../formats/byte-stream.ts';
import type { UploadPart } from '../formats/read-tree.ts';

export interface BodyUpload {
  readonly contentType: string | undefined;
  /** The first bytes, and all of them where `rest` is null. */
  readonly head: Uint8Array;
  readonly rest: ByteStream | null;
}

export interface FilesUpload {
  readonly parts: readonly UploadPart[];
}

export type Upload = BodyUpload | FilesUpload;

/** What the body may be: an image; or a request for a plan, which brings an image, names one, or is one itself. */
export type Wanted = 'image' | 'plan request';

/** Bytes; infinite while they are not all here. */
export function uploadSize(upload: Upload): number {
  if ('parts' in upload) return upload.parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return upload.rest ? Number.POSITIVE_INFINITY : upload.head.length;
}
