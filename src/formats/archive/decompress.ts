/**
 * Compressed uploads, decoded as they stream. The form is found by magic number, never by name.
 *
 * In: a byte stream. Out: the decoded stream; decoded bytes are counted, so a bomb ends at the limit.
 */
import { Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { type ByteStream, withHead } from '../byte-stream.ts';
import { foreignForm, LONGEST_MAGIC } from '../foreign-forms.ts';
import { GZIP_MAGIC, startsWith, ZSTD_MAGIC } from '../magic.ts';
import { ReadError, readError } from '../read-error.ts';
import type { ReadLimits } from '../read-limits.ts';
import { byFrames } from './zstd-frames.ts';

/**
 * Bytes of a stream and of the compressed streams in it, counted together: what is decoded has one limit, and what is
 * read of it must not be much more than what came.
 */
export class DecodeMeter {
  /** Of all streams. */
  readonly total: { decoded: number };
  compressed = 0;
  /** Less what nobody reads. */
  read = 0;
  private readonly outer: DecodeMeter | null;
  private passing = false;

  constructor(outer: DecodeMeter | null = null) {
    this.outer = outer;
    this.total = outer?.total ?? { decoded: 0 };
  }

  /** True while members pass that nobody reads: of those, zeros are not held against an archive. */
  set unread(passing: boolean) {
    this.passing = passing;
    if (this.outer) this.outer.unread = passing;
  }

  /** Counts a decoded chunk. @throws ReadError */
  decode(length: number, limits: ReadLimits): void {
    this.total.decoded += length;
    if (!this.passing) this.read += length;
    if (this.total.decoded > limits.maxDecodedBytes) throw tooLong(limits);
    // Image files of real processes come nowhere near.
    if (this.read > FREE_BYTES && this.read > MOST_RATIO * this.compressed) {
      throw readError(413, 'LIMIT_EXCEEDED', BOMB);
    }
  }
}

const FREE_BYTES = 64 * 2 ** 20;
const MOST_RATIO = 200;
const BOMB = `The upload decodes to more than ${MOST_RATIO} times its size.`;

/** Decodes gzip and zstd; anything else passes as it is. */
export async function* decompressed(
  source: ByteStream,
  limits: ReadLimits,
  meter = new DecodeMeter(),
): ByteStream {
  const { head, stream } = await withHead(source, LONGEST_MAGIC);
  const foreign = foreignForm(head);
  if (foreign) throw readError(415, 'FORM_UNKNOWN', foreign);
  let decoded = 0;
  try {
    for await (const chunk of decoder(head, limits)(counted(stream, meter))) {
      decoded += chunk.length;
      meter.decode(chunk.length, limits);
      yield chunk;
    }
  } catch (cause) {
    throw asReadError(cause, decoded);
  }
}

/** In pieces, so that what was counted and what was decoded never lie far apart. */
async function* counted(source: ByteStream, meter: DecodeMeter): ByteStream {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += COMPRESSED_PIECE) {
      const piece = chunk.subarray(at, at + COMPRESSED_PIECE);
      meter.compressed += piece.length;
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
