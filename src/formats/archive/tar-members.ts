/**
 * The image files of a tar: of an image directory itself, or of a checkpoint archive with `checkpoint/`
 * (Podman, CRI-O, containerd).
 *
 * In: the decoded stream. Out: the wanted members one by one, each in memory; everything else, above all `pages-*`,
 * is passed over by its header. Nothing is ever written to a disk.
 * Accepted: regular files with an image file's exact name, in one directory. Refused: the same name as a link, a
 * device or a directory, twice, in two directories; a member whose path leads out of the archive.
 */
import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { type ByteStream, collected } from '../byte-stream.ts';
import { type ImageFileName, imageFileName } from '../criu/image-file-name.ts';
import { ReadError, readError } from '../read-error.ts';
import type { ReadLimits } from '../read-limits.ts';

export interface ArchiveMember {
  readonly name: ImageFileName;
  /** Path in the archive. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

export async function* imageMembers(decoded: ByteStream, limits: ReadLimits): AsyncGenerator<ArchiveMember> {
  const progress = { length: 0, zeros: 0 };
  const tar = extract(EXTRACT_OPTIONS);
  const input = Readable.from(watched(decoded, progress), { objectMode: false });
  input.on('error', (error) => tar.destroy(error));
  tar.on('close', () => input.destroy());
  input.pipe(tar);
  const selection = new Selection();
  let entries = 0;
  try {
    for await (const entry of tar) {
      const { header } = entry;
      if (++entries > limits.maxEntries) {
        throw readError(413, 'LIMIT_EXCEEDED', `The archive has more than ${limits.maxEntries} members.`);
      }
      const name = selection.wants(header, progress.length);
      if (name === null) {
        entry.resume();
        continue;
      }
      const file = header.name;
      const tooLong = (): ReadError =>
        readError(413, 'LIMIT_EXCEEDED', `${file} has more than ${limits.maxEntryBytes} bytes.`, { file });
      if (header.size > limits.maxEntryBytes) throw tooLong();
      const bytes = await collected(entry as unknown as ByteStream, limits.maxEntryBytes, tooLong);
      yield { name, file, bytes };
    }
  } catch (cause) {
    throw asReadError(cause, progress.length);
  } finally {
    tar.destroy();
  }
  if (progress.zeros < BLOCK) throw broken('it ends without its end mark', progress.length);
}

const BLOCK = 512;

/** Tars from before POSIX too; the library takes the option, its types do not know it. */
const EXTRACT_OPTIONS = { allowUnknownFormat: true } as Parameters<typeof extract>[0];

/** Passes the stream on, counting its bytes and the zeros at its end. */
async function* watched(source: ByteStream, progress: { length: number; zeros: number }): ByteStream {
  for await (const chunk of source) {
    progress.length += chunk.length;
    let zeros = 0;
    while (zeros < chunk.length && zeros < BLOCK && chunk[chunk.length - 1 - zeros] === 0) zeros++;
    progress.zeros = zeros === chunk.length ? progress.zeros + zeros : zeros;
    yield chunk;
  }
}

class Selection {
  private directory: string | null = null;
  private readonly seen = new Set<string>();

  /** The image file that a member is, or null. */
  wants({ name: path, type, size }: Header, offset: number): ImageFileName | null {
    const file = path.slice(0, LONGEST_PATH_SHOWN);
    const parts = path.replace(/^(?:\.\/)+/, '').split('/');
    if (path.startsWith('/') || parts.includes('..')) {
      throw readError(422, 'ARCHIVE_PATH', `${file} leads out of the archive.`, { file, offset });
    }
    const name = imageFileName(parts.at(-1)!);
    if (name === null || parts.length > 2) return null;
    if (type !== 'file' && type !== 'contiguous-file') {
      throw readError(422, 'FILE_NOT_REGULAR', `${file} is a ${type}, not a regular file.`, { file, offset });
    }
    if (size === 0) throw readError(400, 'IMAGE_TRUNCATED', `${file} is empty.`, { file, offset: 0 });
    const directory = parts.length === 2 ? parts[0]! : '';
    this.directory ??= directory;
    const key = `${name.kind}-${name.pid}`;
    if (directory !== this.directory || this.seen.has(key)) {
      throw readError(
        422,
        'FILE_TWICE',
        `${file} is a second ${key.replace(/-0$/, '')} file of the archive.`,
        { file, offset },
      );
    }
    this.seen.add(key);
    return name;
  }
}

const LONGEST_PATH_SHOWN = 200;

/** tar-stream's errors are plain Errors; whatever else was thrown is passed on. */
function asReadError(cause: unknown, offset: number): unknown {
  if (cause instanceof ReadError || !(cause instanceof Error)) return cause;
  if (cause.constructor !== Error || 'code' in cause) return cause;
  return broken(cause.message, offset);
}

function broken(what: string, offset: number): ReadError {
  return readError(400, 'ARCHIVE_BROKEN', `The archive is damaged: ${what}.`, { offset });
}

/** True where a stream may be a tar: the checksum of its first header is right. */
export function looksLikeTar(head: Uint8Array): boolean {
  if (head.length < BLOCK) return false;
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 0x20 : head[at]!;
  const stated = Buffer.from(head.subarray(148, 156))
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trim();
  return /^[0-7]+$/.test(stated) && Number.parseInt(stated, 8) === sum;
}
