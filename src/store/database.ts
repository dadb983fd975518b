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

export class StoreDatabase {
  private readonly db: Kysely<Tables>;
  private readonly blobs: BlobFiles;

  private constructor(db: Kysely<Tables>, blobs: BlobFiles) {
    this.db = db;
    this.blobs = blobs;
  }

  static async open(directory: string): Promise<StoreDatabase> {
    mkdirSync(directory, { recursive: true });
    const database = new Database(join(directory, 'regraft.db'));
    database.exec('pragma journal_mode = wal');
    // The last commits may be lost with the power, never the file's integrity; plans are recomputable.
    database.exec('pragma synchronous = normal');
    database.exec('pragma busy_timeout = 5000');
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
    await createTables(db);
    return new StoreDatabase(db, new BlobFiles(join(directory, 'blobs')));
  }

  async write(trees: readonly TreeRecord[], plans: readonly PlanRecord[]): Promise<void> {
    const treeRows = trees.map(({ id, info, bytes }) => ({ id, info, ...this.place(bytes) }));
    const planRows = plans.map(({ id, treeId, head, steps }) => {
      const { bytes, blob } = this.place(steps);
      return { id, tree_id: treeId, head, steps: bytes, blob };
    });
    await this.db.transaction().execute(async (tx) => {
      if (treeRows.length) {
        await tx
          .insertInto('tree')
          .values(treeRows)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
      if (planRows.length) {
        await tx
          .insertInto('plan')
          .values(planRows)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
    });
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

  private place(bytes: Uint8Array): { bytes: Buffer | null; blob: string | null } {
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
