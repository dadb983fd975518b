/**
 * Compressed uploads, decoded as they stream. The form is found by magic number, never by name.
 *
 * In: a byte stream. Out: the decoded stream; decoded bytes are counted, so a bomb ends at the limit.
 */
import { Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { type ByteStream, withHead } from '../byte-stream.ts';
import { ReadError, readError } from '../read-error.ts';
import type { ReadLimits } from '../read-limits.ts';
import { byFrames } from './zstd-frames.ts';

export const GZIP_MAGIC = [0x1f, 0x8b, 0x08];
export const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const UNREAD_FORMS = [
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68] },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: 'lz4', magic: [0x04, 0x22, 0x4d, 0x18] },
];

export function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => head[at] === byte);
}

/** Decodes gzip and zstd; anything else passes as it is. */
export async function* decompressed(source: ByteStream, limits: ReadLimits): ByteStream {
  const { head, stream } = await withHead(source, MAGIC_LENGTH);
  const unread = UNREAD_FORMS.find(({ magic }) => startsWith(head, magic));
  if (unread)
    throw readError(415, 'FORM_UNKNOWN', `${unread.name} is not read; send gzip, zstd or a plain tar.`);
  const sizes = { compressed: 0, decoded: 0 };
  try {
    for await (const chunk of decoder(head, limits)(counted(stream, sizes))) {
      sizes.decoded += chunk.length;
      if (sizes.decoded > limits.maxDecodedBytes) throw tooLong(limits);
      if (isBomb(sizes)) throw readError(413, 'LIMIT_EXCEEDED', BOMB);
      yield chunk;
    }
  } catch (cause) {
    throw asReadError(cause, sizes.decoded);
  }
}

const MAGIC_LENGTH = 6;
const BOMB = 'The upload decodes to more than 200 times its size.';

/** Memory of real processes comes nowhere near; zeros, which bombs are made of, are not dumped. */
function isBomb({ compressed, decoded }: { compressed: number; decoded: number }): boolean {
  return decoded > 64 * 2 ** 20 && decoded > 200 * compressed;
}

/** In pieces, so that what was counted and what was decoded never lie far apart. */
async function* counted(source: ByteStream, sizes: { compressed: number }): ByteStream {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += COMPRESSED_PIECE) {
      const piece = chunk.subarray(at, at + COMPRESSED_PIECE);
      sizes.compressed += piece.length;
      yield piece;
    }
  }
}

const COMPRESSED_PIECE = 2 ** 14;

function decoder(head: Uint8Array, limits: ReadLimits): (source: ByteStream) => ByteStream {
  if (startsWith(head, GZIP_MAGIC)) {
    return (source) => through(source, zlib.createGunzip({ chunkSize: DECODED_CHUNK }));
  }
  if (!startsWith(head, ZSTD_MAGIC)) return (source) => source;
  return (source) => through(byFrames(source, limits.maxEntries), zlib.createZstdDecompress(ZSTD_OPTIONS));
}

const DECODED_CHUNK = 2 ** 18;
/** Windows up to 128 MiB, which `zstd -d` takes unasked: archives of `--long` are read. */
const ZSTD_OPTIONS = {
  params: { [zlib.constants.ZSTD_d_windowLogMax]: 27 },
  chunkSize: DECODED_CHUNK,
};

function tooLong(limits: ReadLimits): ReadError {
  return readError(
    413,
    'LIMIT_EXCEEDED',
    `The upload has more than ${limits.maxDecodedBytes} bytes when decoded.`,
  );
}

async function* through(source: ByteStream, transform: Transform): ByteStream {
  const input = Readable.from(source);
  input.on('error', (error) => transform.destroy(error));
  transform.on('close', () => input.destroy());
  yield* input.pipe(transform) as AsyncIterable<Buffer>;
}

function asReadError(cause: unknown, offset: number): unknown {
  if (cause instanceof ReadError || !(cause instanceof Error)) return cause;
  const isZlib = 'code' in cause && typeof cause.code === 'string' && cause.code.startsWith('Z_');
  const isZstd = 'code' in cause && String(cause.code).startsWith('ZSTD_');
  if (!isZlib && !isZstd && !(cause instanceof RangeError) && !(cause instanceof TypeError)) return cause;
  return readError(
    400,
    'ARCHIVE_BROKEN',
    `The compressed data is damaged or ends too early: ${cause.message}.`,
    { offset },
  );
}
