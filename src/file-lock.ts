/**
 * One process at a time: a lock that the kernel takes away with the process, however it ends.
 *
 * It is SQLite's own lock, on a file of its own beside what it guards, which itself stays readable for everybody.
 */

import type { DatabaseSync } from 'node:sqlite';

export class FileLock {
  private readonly database: DatabaseSync;

  /** Null: another process has it. */
  static take(path: string): FileLock | null {
    // Loaded here: on Node 22 the module warns that it is experimental, which is nothing to whoever asks for help.
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(path);
    try {
      database.exec('pragma locking_mode = exclusive');
      database.exec('begin exclusive');
      return new FileLock(database);
    } catch (error) {
      database.close();
      if (((error as { errcode?: number }).errcode ?? 0) % 256 !== SQLITE_BUSY) throw error;
      return null;
    }
  }

  private constructor(database: DatabaseSync) {
    this.database = database;
  }

  release(): void {
    this.database.close();
  }
}

const SQLITE_BUSY = 5;
