/**
 * Large blobs as content-addressed files: `<directory>/<first two digits>/<hash>`.
 *
 * A file appears whole or not at all: it is written and synced under a temporary name, here or by who puts a very large
 * one (unfinished-files.ts), then renamed, then its directory is synced. What a crash leaves under a temporary name, or
 * under a hash that no row came to name, is removed at the next start.
 */

import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../make-directory.ts';
import type { Blobs } from './records.ts';
import { UNFINISHED, type UnfinishedFile } from './unfinished-files.ts';

export class BlobFiles implements Blobs {
  private readonly directory: string;
  private readonly unfinished: string;
  private written = 0;

  /** @param isKnown does a row name this hash? */
  constructor(directory: string, isKnown: (hash: string) => boolean) {
    this.directory = directory;
    this.unfinished = join(directory, UNFINISHED);
    makeDirectory(this.unfinished);
    for (const name of readdirSync(this.unfinished)) rmSync(join(this.unfinished, name));
    for (const part of readdirSync(directory)) {
      if (part === UNFINISHED) continue;
      for (const hash of readdirSync(join(directory, part))) if (!isKnown(hash)) this.remove(hash);
    }
  }

  write(hash: string, bytes: Uint8Array): void {
    const path = this.path(hash);
    if (existsSync(path)) return;
    const temporary = join(this.unfinished, `${process.pid}-${this.written++}`);
    try {
      const file = openSync(temporary, 'wx');
      try {
        writeFileSync(file, bytes);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      this.name(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  /** @param unfinished written and synced; it stays where it is when there is one of its hash */
  adopt({ path, hash }: UnfinishedFile): void {
    if (!existsSync(this.path(hash))) this.name(path, this.path(hash));
  }

  /** @throws Error where the file is missing */
  read(hash: string): Uint8Array {
    return readFileSync(this.path(hash));
  }

  remove(hash: string): void {
    rmSync(this.path(hash), { force: true });
  }

  private name(temporary: string, path: string): void {
    const isNew = makeDirectory(dirname(path));
    renameSync(temporary, path);
    if (isNew) syncDirectory(this.directory);
    syncDirectory(dirname(path));
  }

  private path(hash: string): string {
    return join(this.directory, hash.slice(0, 2), hash);
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
