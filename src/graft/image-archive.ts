/**
 * An image set in a checkpoint archive (Podman, CRI-O, containerd, or a tar of the directory), read, and written anew
 * with some of its files changed.
 *
 * Streams: the archive is read through once for each question, and never unpacked. What does not change passes member
 * by member, header and all; changed files stand where they stood, new ones behind all others. The compression of the
 * new archive is told by its name.
 */

import { createReadStream, createWriteStream } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, createZstdCompress } from 'node:zlib';
import { extract, type Header, pack } from 'tar-stream';
import { isSystemError } from '../command.ts';
import { decompressed } from '../formats/archive/decompress.ts';
import { type ByteStream, collected } from '../formats/byte-stream.ts';
import { ReadError } from '../formats/read-error.ts';
import { DEFAULT_READ_LIMITS } from '../formats/read-limits.ts';
import { GraftError } from './graft-error.ts';
import type { ImageSource } from './image-source.ts';

/** Memory pages may be of any length; what is held in memory is not. */
const LIMITS = { ...DEFAULT_READ_LIMITS, maxDecodedBytes: Number.MAX_SAFE_INTEGER };
const PSTREE = 'pstree.img';

export interface ImageArchive extends ImageSource {
  /** Folder of the image set in the archive, with its slash; empty for the archive's top. */
  readonly folder: string;
}

export async function imageArchive(file: string): Promise<ImageArchive> {
  const paths: string[] = [];
  for await (const { path, skip } of members(file)) {
    paths.push(path);
    skip();
  }
  const found = paths.filter((path) => path === PSTREE || path.endsWith(`/${PSTREE}`));
  if (found.length !== 1) {
    throw new GraftError(`${file} has ${found.length === 0 ? 'no' : 'more than one'} ${PSTREE}`);
  }
  const folder = found[0]!.slice(0, -PSTREE.length);
  const names = new Set(paths.flatMap((path) => nameIn(folder, path) ?? []));
  return {
    folder,
    names,
    read: async (wanted) => {
      const files = new Map<string, Uint8Array>();
      for await (const { path, body, skip } of members(file)) {
        const name = nameIn(folder, path);
        if (name === null || !wanted.has(name)) skip();
        else files.set(name, await whole(path, body));
      }
      return files;
    },
  };
}

/** Writes the archive `from` to the file `into`, which must not be there. */
export async function writeArchive(
  from: string,
  { folder }: ImageArchive,
  into: string,
  changed: ReadonlyMap<string, Uint8Array>,
  named = into,
): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, compression(named), createWriteStream(into, { flags: 'wx', mode: 0o600 }));
  const copy = copyMembers(from, folder, changed, tar).then(
    () => tar.finalize(),
    (error: Error) => {
      tar.destroy(error);
      throw error;
    },
  );
  await Promise.all([written, copy]);
}

async function copyMembers(
  from: string,
  folder: string,
  changed: ReadonlyMap<string, Uint8Array>,
  tar: ReturnType<typeof pack>,
): Promise<void> {
  const left = new Map(changed);
  let like: Header | null = null;
  for await (const { path, header, body } of members(from)) {
    const name = nameIn(folder, path);
    const bytes = name === null ? undefined : left.get(name);
    if (name === PSTREE) like = header;
    if (bytes === undefined) {
      await new Promise<void>((resolve, reject) => {
        const entry = tar.entry(header, (error) => (error ? reject(error) : resolve()));
        if (header.size && header.type !== 'link') pipeline(body, entry).catch(reject);
        else {
          body.resume();
          entry.end(Buffer.alloc(0));
        }
      });
      continue;
    }
    body.resume();
    left.delete(name!);
    await entryOf(tar, { ...header, size: bytes.length }, bytes);
  }
  if (!like) throw new GraftError(`${PSTREE} is gone from ${from}`);
  const prefix = like.name.slice(0, -PSTREE.length);
  const { pax: _, ...plain } = like;
  for (const [name, bytes] of left) {
    await entryOf(tar, { ...plain, name: prefix + name, size: bytes.length }, bytes);
  }
}

function entryOf(tar: ReturnType<typeof pack>, header: Header, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry(header, Buffer.from(bytes), (error) => (error ? reject(error) : resolve()));
  });
}

function compression(name: string): NodeJS.ReadWriteStream {
  if (/\.(tar\.)?(zst|zstd)$/.test(name)) {
    return createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  }
  if (/\.(tar\.gz|tgz)$/.test(name)) return createGzip();
  return new PassThrough();
}

interface Member {
  /** Without a leading `./`. */
  readonly path: string;
  readonly header: Header;
  readonly body: Readable;
  readonly skip: () => void;
}

/** Whoever takes a member reads its body, or skips it, before the next. */
async function* members(file: string): AsyncGenerator<Member> {
  const tar = extract({ allowUnknownFormat: true } as Parameters<typeof extract>[0]);
  const input = Readable.from(decompressed(createReadStream(file), LIMITS), { objectMode: false });
  input.on('error', (error) => tar.destroy(error));
  tar.on('close', () => input.destroy());
  input.pipe(tar);
  try {
    for await (const entry of tar) {
      const body = entry as unknown as Readable;
      const path = entry.header.name.replace(/^(?:\.\/)+/, '');
      yield { path, header: entry.header as Header, body, skip: () => body.resume() };
    }
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ReadError || isSystemError(error)) throw error;
    throw new GraftError(`${file} is no whole archive: ${error.message}`);
  } finally {
    tar.destroy();
  }
}

/** Name of a file that lies in the folder itself. */
function nameIn(folder: string, path: string): string | null {
  if (!path.startsWith(folder)) return null;
  const name = path.slice(folder.length);
  return name === '' || name.includes('/') ? null : name;
}

function whole(path: string, body: Readable): Promise<Uint8Array> {
  return collected(body as ByteStream, LIMITS.maxEntryBytes, () => {
    throw new GraftError(`${path} has more than ${LIMITS.maxEntryBytes} bytes`);
  });
}
