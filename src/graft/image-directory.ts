/**
 * An image set in a directory, read, and written anew with some of its files changed.
 *
 * Images that do not change are linked, or copied where links do not reach; other files, logs above all, are copied,
 * since CRIU writes anew what it finds under their names. Symbolic links are made to lead to the same place. The
 * directory that is read is never written to. New files of the same content become links of each other: carriers have many,
 * and a file that is made and removed costs a file system far more than a link.
 */

import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { makeDirectory } from '../make-directory.ts';
import type { ImageSource } from './image-source.ts';

export function imageDirectory(directory: string): ImageSource {
  const names = new Set(
    readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name),
  );
  return {
    names,
    read: async (wanted) => {
      const files = new Map<string, Uint8Array>();
      for (const name of wanted) if (names.has(name)) files.set(name, readFileSync(join(directory, name)));
      return files;
    },
  };
}

/** Fills `into`, which is made where it is not there, with the image set of `from` and the files of `changed`. */
export function writeDirectory(from: string, into: string, changed: ReadonlyMap<string, Uint8Array>): void {
  makeDirectory(into, 0o700);
  copyUnchanged(from, into, changed);
  const written = new Map<string | Uint8Array, string>();
  for (const [name, bytes] of changed) {
    const target = join(into, name);
    const content = bytes.length <= LONGEST_ALIKE ? Buffer.from(bytes).toString('latin1') : bytes;
    const same = written.get(content);
    if (same !== undefined) linkOrCopy(same, target);
    else {
      writeFileSync(target, bytes, { mode: 0o600, flag: 'wx' });
      written.set(content, target);
    }
  }
}

/** Bytes of a file that another one may be like. */
const LONGEST_ALIKE = 16_384;

function copyUnchanged(from: string, into: string, changed: ReadonlyMap<string, unknown>): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const { name } = entry;
    if (changed.has(name)) continue;
    const source = join(from, name);
    const target = join(into, name);
    if (entry.isDirectory()) {
      mkdirSync(target, { mode: 0o700 });
      copyUnchanged(source, target, new Map());
    } else if (entry.isSymbolicLink()) symlinkSync(sameTarget(source, from, into), target);
    else if (entry.isFile() && name.endsWith('.img')) linkOrCopy(source, target);
    else if (entry.isFile()) copyFile(source, target);
  }
}

/** `parent` of an incremental dump is such a link. It begins where the directories are, whatever links led to them. */
function sameTarget(link: string, from: string, into: string): string {
  const target = readlinkSync(link);
  return isAbsolute(target) ? target : relative(realpathSync(into), resolve(realpathSync(from), target));
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    copyFile(source, target);
  }
}

function copyFile(source: string, target: string): void {
  copyFileSync(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
}

/** Another file system, one without links, somebody else's file, too many links. */
const NO_LINKS = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES']);
