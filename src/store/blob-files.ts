/**
 * Large blobs as content-addressed files: `<directory>/<first two digits>/<hash>`.
 *
 * A file appears whole or not at all: it is written and synced under a temporary name, then renamed. What a crash
 * leaves under a temporary name is removed at the next start.
 */

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

export class BlobFiles {
  private readonly directory: string;
  private readonly unfinished: string;
  private written = 0;

  constructor(directory: string) {
    this.directory = directory;
    this.unfinished = join(directory, 'unfinished');
    mkdirSync(this.unfinished, { recursive: true });
    for (const name of readdirSync(this.unfinished)) rmSync(join(this.unfinished, name));
  }

  write(hash: string, bytes: Uint8Array): void {
    const path = this.path(hash);
    if (existsSync(path)) return;
    const temporary = join(this.unfinished, `${process.pid}-${this.written++}`);
    const file = openSync(temporary, 'wx');
    try {
      writeFileSync(file, bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    mkdirSync(dirname(path), { recursive: true });
    renameSync(temporary, path);
  }

  /** @throws Error where the file is missing */
  read(hash: string): Uint8Array {
    return readFileSync(this.path(hash));
  }

  remove(hash: string): void {
    rmSync(this.path(hash), { force: true });
  }

  private path(hash: string): string {
    return join(this.directory, hash.slice(0, 2), hash);
  }
}
