/**
 * The image files of a tar: of an image directory, of a checkpoint archive (Podman, CRI-O, containerd, Docker), of the
 * layers of an image that has such an archive in it (OCI layout, `podman image save`, `ctr images export`).
 *
 * In: the decoded stream. Out: the wanted members one by one with the directory that they lie in, each in memory;
 * everything else, above all `pages-*`, is passed over by its header. Nothing is ever written to a disk. Wanted are the
 * files of the tree, and the small ones that say what a target must have; of image layouts also index and manifests.
 * A member that is no regular file, or is empty, comes with its fault in place of its bytes: it matters only where its
 * directory is chosen. Refused at once: a member whose path leads out of the archive, and whatever is over a limit.
 */
import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { type ByteStream, collected, withHead } from '../byte-stream.ts';
import { type ImageFileName, imageFileName } from '../criu/image-file-name.ts';
import { type SurroundingName, surroundingName } from '../criu/surroundings/member-name.ts';
import { GZIP_MAGIC, startsWith, ZSTD_MAGIC } from '../magic.ts';
import { ReadError, readError } from '../read-error.ts';
import type { ReadLimits } from '../read-limits.ts';
import { DecodeMeter, decompressed } from './decompress.ts';
import { withoutSparseMaps } from './sparse-members.ts';

export interface ArchiveMember {
  /** Directory in the archive, '' at its top. */
  readonly directory: string;
  /** What it says of the process tree; null: nothing. */
  readonly name: ImageFileName | null;
  /** What it says of everything else; null: nothing. */
  readonly surrounding: SurroundingName | null;
  /** Path in the archive. */
  readonly file: string;
  readonly content: Uint8Array | ReadError;
}

/** What archives in each other have together. */
interface Reading {
  readonly limits: ReadLimits;
  readonly meter: DecodeMeter;
  readonly depth: number;
  /** Path of the archive in the upload, '' or with a slash at its end. */
  readonly path: string;
  readonly entries: { count: number };
}

export function imageMembers(
  decoded: ByteStream,
  limits: ReadLimits,
  meter = new DecodeMeter(),
): AsyncGenerator<ArchiveMember> {
  return membersOf(decoded, { limits, meter, depth: 0, path: '', entries: { count: 0 } });
}

async function* membersOf(decoded: ByteStream, reading: Reading): AsyncGenerator<ArchiveMember> {
  const { limits, meter, entries } = reading;
  const progress = { length: 0, zeros: 0 };
  const tar = extract(EXTRACT_OPTIONS);
  const input = Readable.from(withoutSparseMaps(watched(decoded, progress)), { objectMode: false });
  input.on('error', (error) => tar.destroy(error));
  tar.on('close', () => input.destroy());
  input.pipe(tar);
  try {
    for await (const entry of tar) {
      if (++entries.count > limits.maxEntries) {
        throw readError(413, 'LIMIT_EXCEEDED', `The archive has more than ${limits.maxEntries} members.`);
      }
      const { header } = entry;
      const stream = entry as unknown as ByteStream;
      const place = placeOf(header, reading, progress.length);
      const name = imageFileName(place.base);
      const surrounding = place.path === INDEX ? ANNOTATIONS : surroundingName(place.base);
      meter.unread = false;
      if (name !== null || (surrounding !== null && isSmall(header)))
        yield await memberOf(stream, header, { name, surrounding }, place, progress.length, limits);
      else if (isRegular(header) && mayBeArchive(place.path) && reading.depth < DEEPEST) {
        yield* nestedMembers(stream, header, place, reading);
      } else meter.unread = true;
      entry.resume();
    }
  } catch (cause) {
    throw asReadError(cause, progress.length);
  } finally {
    tar.destroy();
  }
  if (progress.zeros < BLOCK) throw broken('it ends without its end mark', progress.length);
}

/** Of an image layout. */
const INDEX = 'index.json';
const ANNOTATIONS: SurroundingName = { kind: 'annotations', id: 0 };

/** Members beside the tree are read up to this size; larger ones are passed over. */
const LARGEST_SURROUNDING = 64 << 20;
const LARGEST_MANIFEST = 1 << 20;

function isSmall({ size }: Header): boolean {
  return (size ?? 0) <= LARGEST_SURROUNDING;
}

/** An archive, a layer in it. */
const DEEPEST = 2;
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

interface Place {
  /** In the archive. */
  readonly path: string;
  readonly base: string;
  readonly directory: string;
  /** For people: in the upload, shortened. */
  readonly file: string;
}

function placeOf({ name }: Header, reading: Reading, offset: number): Place {
  const path = name.replace(/^(?:\.\/+)+/, '');
  const file = (reading.path + path).slice(0, LONGEST_PATH_SHOWN);
  const parts = path.split('/');
  if (path.startsWith('/') || parts.includes('..')) {
    throw readError(422, 'ARCHIVE_PATH', `${file} leads out of the archive.`, { file, offset });
  }
  const directory = reading.path + parts.slice(0, -1).join('/');
  return { path, base: parts.at(-1)!, directory: directory.replace(/\/$/, ''), file };
}

const LONGEST_PATH_SHOWN = 300;

async function memberOf(
  stream: ByteStream,
  header: Header,
  names: Pick<ArchiveMember, 'name' | 'surrounding'>,
  { directory, file }: Place,
  offset: number,
  limits: ReadLimits,
): Promise<ArchiveMember> {
  const member = { directory, ...names, file };
  if (!isRegular(header)) {
    const kind = header.type ?? 'sparse file';
    const message = `${file} is a ${kind}, not a regular file.`;
    return { ...member, content: readError(422, 'FILE_NOT_REGULAR', message, { file, offset }) };
  }
  if (header.size === 0) {
    const content = readError(400, 'IMAGE_TRUNCATED', `${file} is empty.`, { file, offset: 0 });
    return { ...member, content };
  }
  const tooLong = (): ReadError =>
    readError(413, 'LIMIT_EXCEEDED', `${file} has more than ${limits.maxEntryBytes} bytes.`, { file });
  if (header.size > limits.maxEntryBytes) throw tooLong();
  return { ...member, content: await collected(stream, limits.maxEntryBytes, tooLong) };
}

function isRegular({ type, pax }: Header): boolean {
  if (pax && Object.keys(pax).some((key) => key.startsWith('GNU.sparse.'))) return false;
  return type === 'file' || type === 'contiguous-file';
}

/** Layers of images, and archives of a pod's containers; never file-system content of a checkpoint. */
function mayBeArchive(path: string): boolean {
  if (/^blobs\/[\w+.-]+\/[0-9a-f]{32,}$/.test(path)) return true;
  if (/^(?:[^/]+\/)?layer\.tar$/.test(path)) return true;
  return /^[^/]+\.(?:tar|tar\.gz|tgz|tar\.zst)$/.test(path) && !FILE_SYSTEM_CONTENT.test(path);
}

const FILE_SYSTEM_CONTENT = /^(?:rootfs-diff|devshm-checkpoint|[^/]*volume[^/]*)\.tar/;

async function* nestedMembers(
  stream: ByteStream,
  { size }: Header,
  { path, directory, file }: Place,
  outer: Reading,
): AsyncGenerator<ArchiveMember> {
  const meter = new DecodeMeter(outer.meter);
  const { head, stream: whole } = await withHead(stream, BLOCK);
  if (head[0] === OPEN_BRACE && (size ?? 0) <= LARGEST_MANIFEST) {
    const tooLong = (): ReadError => readError(413, 'LIMIT_EXCEEDED', `${file} is too long.`, { file });
    const content = await collected(whole, LARGEST_MANIFEST, tooLong);
    yield { directory, name: null, surrounding: ANNOTATIONS, file, content };
    return;
  }
  if (!looksLikeArchive(head)) {
    outer.meter.unread = true;
    return;
  }
  const inner = decompressed(whole, outer.limits, meter);
  const first = await withHead(inner, BLOCK);
  if (!looksLikeTar(first.head)) return;
  const reading = { ...outer, meter, depth: outer.depth + 1, path: `${outer.path}${path}/` };
  yield* membersOf(first.stream, reading);
}

const OPEN_BRACE = 0x7b;

function looksLikeArchive(head: Uint8Array): boolean {
  return startsWith(head, GZIP_MAGIC) || startsWith(head, ZSTD_MAGIC) || looksLikeTar(head);
}

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
