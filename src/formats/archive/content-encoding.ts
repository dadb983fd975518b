/** Bodies without their Content-Encoding: what says that it is compressed, and is not, is refused. */

import { type ByteStream, withHead } from '../byte-stream.ts';
import { GZIP_MAGIC, startsWith, ZSTD_MAGIC } from '../magic.ts';
import { readError } from '../read-error.ts';
import type { ReadLimits } from '../read-limits.ts';
import { decompressed } from './decompress.ts';

/** Those that are taken. */
export const CONTENT_ENCODINGS = ['gzip', 'zstd'] as const;
export type ContentEncoding = (typeof CONTENT_ENCODINGS)[number];

const MAGIC = { gzip: GZIP_MAGIC, zstd: ZSTD_MAGIC };

/** @throws ReadError where it is read */
export async function* decodedContent(
  body: ByteStream,
  encoding: ContentEncoding,
  limits: ReadLimits,
): ByteStream {
  const { head, stream } = await withHead(body, MAGIC[encoding].length);
  if (!startsWith(head, MAGIC[encoding])) {
    const message = `Content-Encoding says ${encoding}, and the body is none.`;
    throw readError(400, 'ARCHIVE_BROKEN', message, { offset: 0 });
  }
  yield* decompressed(stream, limits);
}
