/**
 * One server for one data directory: a lock that the kernel takes away with the process, however it ends.
 *
 * It is SQLite's own lock on a file beside the database, so that the database itself stays readable for a backup.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreFailure } from './store-failure.ts';

export class DirectoryLock {
  private readonly database: DatabaseSync;

  /** @throws StoreFailure naming who has it */
  static take(directory: string): DirectoryLock {
    const owner = join(directory, 'owner');
    const database = new DatabaseSync(join(directory, 'lock'));
    try {
      database.exec('pragma locking_mode = exclusive');
      database.exec('begin exclusive');
    } catch (error) {
      database.close();
      if (((error as { errcode?: number }).errcode ?? 0) % 256 !== SQLITE_BUSY) throw error;
      throw new StoreFailure('unusable', `${directory} is in use by another Regraft${pidIn(owner)}.`);
    }
    writeFileSync(owner, `${process.pid}\n`);
    return new DirectoryLock(database);
  }

  private constructor(database: DatabaseSync) {
    this.database = database;
  }

  release(): void {
    this.database.close();
  }
}

const SQLITE_BUSY = 5;

function pidIn(file: string): string {
  try {
    return ` (pid ${readFileSync(file, 'utf8').trim()})`;
  } catch {
    return '';
  }
}
