/** The public dumps: image files as parts, and the ground truth that was read from /proc before the dump. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import type { UploadPart } from '../../src/formats/read-tree.ts';

/** From dist/test/formats, where the compiled tests run. */
export const FIXTURES = join(import.meta.dirname, '../../../test/fixtures');
const IMAGES = join(FIXTURES, 'criu-images');

export const DUMPS = readdirSync(IMAGES).filter((name) => existsSync(join(IMAGES, name, 'pstree.img')));

export function dumpParts(dump: string): UploadPart[] {
  return imageParts(join(IMAGES, dump));
}

/** The image files of a directory but its pages. */
export function imageParts(directory: string): UploadPart[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.img') && !name.startsWith('pages-'))
    .map((name) => ({ name, bytes: readFileSync(join(directory, name)) }));
}

export interface TrueProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly state: 'alive' | 'zombie';
  readonly threads: readonly number[];
}

export function groundTruth(dump: string): TrueProcess[] {
  const text = readFileSync(join(IMAGES, dump, 'tree.txt'), 'utf8');
  return [
    ...text.matchAll(
      /^pid=(\d+) ppid=(\d+) pgid=(\d+) sid=(\d+) state=([AZ]) nspid=\d+(?: threads=([\d,]+))?$/gm,
    ),
  ].map(([, pid, ppid, pgid, sid, state, threads]) => ({
    pid: Number(pid),
    ppid: Number(ppid),
    pgid: Number(pgid),
    sid: Number(sid),
    state: state === 'A' ? 'alive' : 'zombie',
    threads: threads ? threads.split(',').map(Number) : [Number(pid)],
  }));
}

export interface TarEntry {
  readonly name: string;
  readonly bytes?: Uint8Array;
  readonly type?: 'file' | 'symlink' | 'link' | 'directory' | 'fifo' | 'character-device';
}

export async function tarOf(entries: Iterable<TarEntry>): Promise<Buffer> {
  const tar = pack();
  for (const { name, bytes, type = 'file' } of entries) {
    if (type === 'file') tar.entry({ name, type }, Buffer.from(bytes ?? []));
    else tar.entry({ name, type, linkname: '/etc/passwd' });
  }
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The bytes in pieces of a size, as a network gives them. */
export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
