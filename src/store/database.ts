/**
 * The database of the embedded store: one SQLite file (libsql) below DATA_DIR through Kysely.
 *
 * Runs on the store's thread only. Blobs up to SMALL_BLOB bytes stand in their row, larger ones in a file of their own
 * (blob-files.ts): measured, a row wins at 4 KiB (89 against 382 µs) and a file at 1 MiB (3.7 against 6.8 ms).
 */

import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Generated, Kysely, SqliteDialect, sql } from 'kysely';
import Database from 'libsql';
import { BlobFiles } from './blob-files.ts';
import type { Page, PlanRecord, TreeListing, TreeRecord } from './store.ts';

const SMALL_BLOB = 64 * 1024;

interface Tables {
  tree: { seq: Generated<number>; id: string; info: string; bytes: Buffer | null; blob: string | null };
  plan: { id: string; tree_id: string; head: string; steps: Buffer | null; blob: string | null };
}

interface Placed {
  readonly bytes: Buffer | null;
  readonly blob: string | null;
}

type TreeRow = Omit<TreeRecord, 'bytes'> & Placed;
type PlanRow = Omit<PlanRecord, 'steps'> & Placed;

export class StoreDatabase {
  private readonly db: Kysely<Tables>;
  private readonly blobs: BlobFiles;

  private readonly insertAll: (trees: readonly TreeRow[], plans: readonly PlanRow[]) => void;

  private constructor(database: Database.Database, db: Kysely<Tables>, blobs: BlobFiles) {
    this.db = db;
    const tree = database.prepare(
      'insert into tree (id, info, bytes, blob) values (?, ?, ?, ?) on conflict do nothing',
    );
    const plan = database.prepare(
      'insert into plan (id, tree_id, head, steps, blob) values (?, ?, ?, ?, ?) on conflict do nothing',
    );
    this.insertAll = database.transaction((trees: readonly TreeRow[], plans: readonly PlanRow[]) => {
      for (const { id, info, bytes, blob } of trees) tree.run([id, info, bytes, blob]);
      for (const { id, treeId, head, bytes, blob } of plans) plan.run([id, treeId, head, bytes, blob]);
    });
    this.blobs = blobs;
  }

  static async open(directory: string): Promise<StoreDatabase> {
    mkdirSync(directory, { recursive: true });
    const database = new Database(join(directory, 'regraft.db'));
    database.exec('pragma journal_mode = wal');
    // The last commits may be lost with the power, never the file's integrity; plans are recomputable.
    database.exec('pragma synchronous = normal');
    database.exec('pragma busy_timeout = 5000');
    // 32 MiB of log between two checkpoints: writing a small tree and its plan took 83 µs then, 97 with the default.
    database.exec('pragma wal_autocheckpoint = 8000');
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
    await createTables(db);
    return new StoreDatabase(database, db, new BlobFiles(join(directory, 'blobs')));
  }

  /** Prepared once: a statement with thousands of values takes longer to write and to parse than to execute. */
  async write(trees: readonly TreeRecord[], plans: readonly PlanRecord[]): Promise<void> {
    this.insertAll(
      trees.map(({ id, info, bytes }) => ({ id, info, ...this.place(bytes) })),
      plans.map(({ id, treeId, head, steps }) => ({ id, treeId, head, ...this.place(steps) })),
    );
  }

  async hasTree(id: string): Promise<boolean> {
    return (
      (await this.db.selectFrom('tree').select('seq').where('id', '=', id).executeTakeFirst()) !== undefined
    );
  }

  async tree(id: string): Promise<TreeRecord | undefined> {
    const row = await this.db.selectFrom('tree').selectAll().where('id', '=', id).executeTakeFirst();
    return row && { id, info: row.info, bytes: this.fetch(row.bytes, row.blob) };
  }

  async trees(limit: number, after = '0'): Promise<Page<TreeListing>> {
    const rows = await this.db
      .selectFrom('tree')
      .select(['seq', 'id', 'info'])
      .where('seq', '>', Number(after))
      .orderBy('seq')
      .limit(limit + 1)
      .execute();
    const items = rows.slice(0, limit);
    return {
      items: items.map(({ id, info }) => ({ id, info })),
      next: rows.length > limit ? String(items.at(-1)!.seq) : null,
    };
  }

  async deleteTree(id: string): Promise<boolean> {
    const plans = await this.db.deleteFrom('plan').where('tree_id', '=', id).returning('blob').execute();
    const trees = await this.db.deleteFrom('tree').where('id', '=', id).returning('blob').execute();
    for (const { blob } of [...plans, ...trees]) await this.dropUnused(blob);
    return trees.length > 0;
  }

  async plan(id: string): Promise<PlanRecord | undefined> {
    const row = await this.db.selectFrom('plan').selectAll().where('id', '=', id).executeTakeFirst();
    return row && { id, treeId: row.tree_id, head: row.head, steps: this.fetch(row.steps, row.blob) };
  }

  async deletePlan(id: string): Promise<boolean> {
    const rows = await this.db.deleteFrom('plan').where('id', '=', id).returning('blob').execute();
    for (const { blob } of rows) await this.dropUnused(blob);
    return rows.length > 0;
  }

  async check(): Promise<void> {
    await sql`select 1`.execute(this.db);
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }

  private place(bytes: Uint8Array): Placed {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (buffer.length <= SMALL_BLOB) return { bytes: buffer, blob: null };
    const blob = createHash('sha256').update(buffer).digest('hex');
    this.blobs.write(blob, buffer);
    return { bytes: null, blob };
  }

  private fetch(bytes: Buffer | null, blob: string | null): Uint8Array {
    return blob === null ? aligned(bytes!) : this.blobs.read(blob);
  }

  /** Two plans of one tree may have the same steps, and so share a file. */
  private async dropUnused(blob: string | null): Promise<void> {
    if (blob === null) return;
    const inTree = await this.db.selectFrom('tree').select('id').where('blob', '=', blob).executeTakeFirst();
    const inPlan = await this.db.selectFrom('plan').select('id').where('blob', '=', blob).executeTakeFirst();
    if (!inTree && !inPlan) this.blobs.remove(blob);
  }
}

/** Columns are read in place, as typed arrays of 8-byte numbers at the widest. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}

async function createTables(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable('tree')
    .ifNotExists()
    .addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('info', 'text', (column) => column.notNull())
    .addColumn('bytes', 'blob')
    .addColumn('blob', 'text')
    .execute();
  await db.schema
    .createTable('plan')
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('tree_id', 'text', (column) => column.notNull())
    .addColumn('head', 'text', (column) => column.notNull())
    .addColumn('steps', 'blob')
    .addColumn('blob', 'text')
    .execute();
  await db.schema.createIndex('plan_of_tree').ifNotExists().on('plan').column('tree_id').execute();
  for (const table of ['tree', 'plan'] as const) {
    await sql`create index if not exists ${sql.raw(`${table}_blob`)} on ${sql.table(table)} (blob) where blob is not null`.execute(
      db,
    );
  }
}
