/**
 * The database of the embedded store: one SQLite file below DATA_DIR, by Node's own driver, through Kysely.
 *
 * Runs on the store's thread only. A transaction is on disk when it has ended (synchronous = full: the log is synced at
 * each commit). Blobs up to SMALL_BLOB bytes stand in their row, larger ones in a file of their own (blob-files.ts):
 * measured, a row wins at 4 KiB (89 against 382 µs) and a file at 1 MiB (3.7 against 6.8 ms).
 */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely, SqliteDialect, sql } from 'kysely';
import type { FileLock } from '../file-lock.ts';
import { makeDirectory } from '../make-directory.ts';
import { BlobFiles } from './blob-files.ts';
import { lockDirectory } from './directory-lock.ts';
import type { Written } from './group-commit.ts';
import type { Body, PlanToWrite, TreeToWrite } from './packed-batch.ts';
import { Records, SMALL_BLOB } from './records.ts';
import { StoreFailure } from './store-failure.ts';
import { SQLITE_VERSIONS, type Tables } from './tables.ts';
import { BLOBS } from './unfinished-files.ts';

interface Placed {
  readonly bytes: Uint8Array | null;
  readonly blob: string | null;
}

export class StoreDatabase {
  readonly records: Records;
  private readonly database: DatabaseSync;
  private readonly blobs: BlobFiles;
  private readonly lock: FileLock;
  private readonly isNamed: (blob: string) => boolean;
  private readonly insertTree: StatementSync;
  private readonly insertPlan: StatementSync;
  private readonly knowsTree: StatementSync;
  private readonly endJob: StatementSync;
  private readonly probe: StatementSync;

  /** @param isNamed does a row name this blob? */
  private constructor(
    database: DatabaseSync,
    blobs: BlobFiles,
    lock: FileLock,
    isNamed: (blob: string) => boolean,
  ) {
    this.database = database;
    this.isNamed = isNamed;
    this.blobs = blobs;
    this.lock = lock;
    this.records = new Records(new Kysely<Tables>({ dialect: dialectOf(database) }), blobs, {
      now: sql<number>`cast(unixepoch('subsec') * 1000 as integer)`,
      locksRows: false,
    });
    this.insertTree = database.prepare(
      'insert into tree (id, info, bytes, blob, size, made) values (?, ?, ?, ?, ?, ?) on conflict do nothing',
    );
    this.insertPlan = database.prepare(
      'insert into plan (id, tree_id, head, steps, blob, size, made) values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
    );
    this.knowsTree = database.prepare('select 1 from tree where id = ?');
    this.endJob = database.prepare('delete from job where id = ?');
    this.probe = database.prepare('insert or replace into probe (only, bytes) values (0, zeroblob(?))');
  }

  /** @throws StoreFailure, in words for people */
  static open(directory: string): StoreDatabase {
    makeDirectory(directory);
    const lock = lockDirectory(directory);
    try {
      const database = new DatabaseSync(join(directory, 'regraft.db'));
      database.exec('pragma journal_mode = wal');
      database.exec('pragma synchronous = full');
      // 32 MiB of log between two checkpoints: writing a small tree and its plan took 83 µs then, 97 with the default.
      database.exec('pragma wal_autocheckpoint = 8000');
      bringUpToDate(database, directory);
      // Nobody else has this directory: whoever ran a job is gone.
      database.exec("update job set until = 0 where state = 'running'");
      const named = database.prepare(
        'select 1 from tree where blob = ?1 union all select 1 from plan where blob = ?1 limit 1',
      );
      const isNamed = (blob: string) => named.get(blob) !== undefined;
      const blobs = new BlobFiles(join(directory, BLOBS), isNamed);
      return new StoreDatabase(database, blobs, lock, isNamed);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Prepared once: a statement with thousands of values takes longer to write and to parse than to execute. */
  write(trees: readonly TreeToWrite[], plans: readonly PlanToWrite[]): Written {
    const placedTrees = trees.map(({ bytes }) => this.place(bytes));
    const placedPlans = plans.map(({ steps }) => this.place(steps));
    const now = Date.now();
    const added: string[] = [];
    const orphans: string[] = [];
    this.transaction(() => {
      trees.forEach(({ id, info, bytes }, i) => {
        const { bytes: inRow, blob } = placedTrees[i]!;
        const { changes } = this.insertTree.run(id, info, inRow, blob, bytes.length, now);
        if (changes > 0) added.push(id);
      });
      plans.forEach(({ id, treeId, head, steps }, i) => {
        const { bytes: inRow, blob } = placedPlans[i]!;
        this.endJob.run(id);
        if (this.knowsTree.get(treeId)) {
          this.insertPlan.run(id, treeId, head, inRow, blob, steps.length, now);
        } else {
          orphans.push(id);
        }
      });
    });
    for (const { blob } of placedPlans)
      if (blob && orphans.length > 0 && !this.isNamed(blob)) this.blobs.remove(blob);
    return { added, orphans };
  }

  /** @throws what keeps the store from writing so many bytes */
  check(bytes: number): void {
    this.probe.run(bytes);
  }

  close(): void {
    this.database.close();
    this.lock.release();
  }

  private transaction(work: () => void): void {
    this.database.exec('begin immediate');
    try {
      work();
      this.database.exec('commit');
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('rollback');
      throw error;
    }
  }

  private place(body: Body): Placed {
    if ('hash' in body) {
      this.blobs.adopt(body);
      return { bytes: null, blob: body.hash };
    }
    if (body.length <= SMALL_BLOB) return { bytes: body, blob: null };
    const blob = createHash('sha256').update(body).digest('hex');
    this.blobs.write(blob, body);
    return { bytes: null, blob };
  }
}

function bringUpToDate(database: DatabaseSync, directory: string): void {
  const { user_version: version } = database.prepare('pragma user_version').get() as { user_version: number };
  if (version > SQLITE_VERSIONS.length) {
    throw new StoreFailure(
      'unusable',
      `${directory}: made by a later Regraft (its schema is ${version}, this one knows ${SQLITE_VERSIONS.length}).`,
    );
  }
  for (let next = version; next < SQLITE_VERSIONS.length; next++) {
    database.exec('begin immediate');
    for (const statement of SQLITE_VERSIONS[next]!) database.exec(statement);
    database.exec(`pragma user_version = ${next + 1}`);
    database.exec('commit');
  }
}

/** A full disk makes SQLite roll back by itself: rolling back once more would hide that it was full. */
const NOTHING_DONE = { changes: 0, lastInsertRowid: 0 };

/** Kysely speaks to drivers that take their parameters as an array. */
function dialectOf(database: DatabaseSync): SqliteDialect {
  return new SqliteDialect({
    database: {
      close: () => {},
      prepare: (text) => {
        const statement = database.prepare(text);
        const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
        return {
          reader: statement.columns().length > 0,
          all: (parameters) => statement.all(...values(parameters)),
          run: (parameters) =>
            text === 'rollback' && !database.isTransaction
              ? NOTHING_DONE
              : statement.run(...values(parameters)),
          iterate: (parameters) =>
            statement.iterate(...values(parameters)) as unknown as IterableIterator<unknown>,
        };
      },
    },
  });
}
