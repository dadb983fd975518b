/**
 * Reads, deletions and jobs: the SQL that both databases understand.
 *
 * Writes of trees and plans are each database's own, since they have to be fast (database.ts, postgres-database.ts).
 * Times are those of the database's clock, so that servers whose clocks differ agree on whose lease has ended.
 */

import { type ExpressionBuilder, type Kysely, type RawBuilder, sql } from 'kysely';
import type { JobRecord, NewJob, Page, PlanListing, PlanRecord, TreeListing, TreeRecord } from './store.ts';
import type { Tables } from './tables.ts';

/** Bytes that lie apart from their row, by their hash. */
export interface Blobs {
  read(hash: string): Promise<Uint8Array> | Uint8Array;
  remove(hash: string): Promise<void> | void;
}

export interface Dialect {
  /** Milliseconds since 1970. */
  readonly now: RawBuilder<number>;
  /** Rows that another transaction works on are passed over. */
  readonly skipsLocked: boolean;
}

/** A job that so many servers have taken and not ended is one that ends servers. */
export const MOST_ATTEMPTS = 3;

export class Records {
  private readonly db: Kysely<Tables>;
  private readonly blobs: Blobs;
  private readonly dialect: Dialect;

  constructor(db: Kysely<Tables>, blobs: Blobs, dialect: Dialect) {
    this.db = db;
    this.blobs = blobs;
    this.dialect = dialect;
  }

  async hasTree(id: string): Promise<boolean> {
    const row = await this.db.selectFrom('tree').select('seq').where('id', '=', id).executeTakeFirst();
    return row !== undefined;
  }

  async tree(id: string): Promise<TreeRecord | undefined> {
    const row = await this.db.selectFrom('tree').selectAll().where('id', '=', id).executeTakeFirst();
    return row && { id, info: row.info, bytes: await this.bytes(row.bytes, row.blob) };
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
    const { trees, plans } = await this.db.transaction().execute(async (db) => {
      await db.deleteFrom('job').where('tree_id', '=', id).execute();
      const plans = await db.deleteFrom('plan').where('tree_id', '=', id).returning('blob').execute();
      const trees = await db.deleteFrom('tree').where('id', '=', id).returning('blob').execute();
      return { trees, plans };
    });
    for (const { blob } of [...plans, ...trees]) await this.dropUnused(blob);
    return trees.length > 0;
  }

  async plan(id: string): Promise<PlanRecord | undefined> {
    const row = await this.db.selectFrom('plan').selectAll().where('id', '=', id).executeTakeFirst();
    return row && { id, treeId: row.tree_id, head: row.head, steps: await this.bytes(row.steps, row.blob) };
  }

  async plansOf(treeId: string, limit: number, after = '0-'): Promise<Page<PlanListing>> {
    const [made, id] = [Number(after.slice(0, after.indexOf('-'))), after.slice(after.indexOf('-') + 1)];
    const rows = await this.db
      .selectFrom('plan')
      .select(['id', 'head', 'made'])
      .where('tree_id', '=', treeId)
      .where((plan) =>
        plan.or([plan('made', '>', made), plan.and([plan('made', '=', made), plan('id', '>', id)])]),
      )
      .orderBy('made')
      .orderBy('id')
      .limit(limit + 1)
      .execute();
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(({ id, head }) => ({ id, treeId, head })),
      next: rows.length > limit ? `${last!.made}-${last!.id}` : null,
    };
  }

  async deletePlan(id: string): Promise<boolean> {
    const rows = await this.db.deleteFrom('plan').where('id', '=', id).returning('blob').execute();
    for (const { blob } of rows) await this.dropUnused(blob);
    return rows.length > 0;
  }

  async putJob({ id, treeId, options, processes }: NewJob): Promise<void> {
    await this.db
      .insertInto('job')
      .values({
        ...{ id, tree_id: treeId, options, processes, state: 'waiting', until: 0, attempts: 0 },
        made: this.dialect.now,
      })
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet({ state: 'waiting', attempts: 0, owner: null, phase: null, failure: null })
          .where('job.state', 'in', ['failed', 'cancelled']),
      )
      .execute();
  }

  async job(id: string): Promise<JobRecord | undefined> {
    const row = await this.db.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst();
    return row && jobOf(row);
  }

  async takeJob(owner: string, leaseMs: number): Promise<JobRecord | undefined> {
    const { now, skipsLocked } = this.dialect;
    const open = this.db
      .selectFrom('job')
      .select('id')
      .where((job) => job.or([job('state', '=', 'waiting'), this.isLost(job)]))
      .orderBy('made')
      .limit(1);
    const row = await this.db
      .updateTable('job')
      .set((job) => ({
        ...{ state: 'running', owner, phase: null },
        until: sql<number>`${now} + ${leaseMs}`,
        attempts: job('attempts', '+', 1),
      }))
      .where('id', '=', skipsLocked ? open.forUpdate().skipLocked() : open)
      .returningAll()
      .executeTakeFirst();
    return row && jobOf(row);
  }

  async beatJob(id: string, owner: string, leaseMs: number, phase: string | null): Promise<boolean> {
    const { numUpdatedRows } = await this.ownJob(id, owner)
      .set({ until: sql<number>`${this.dialect.now} + ${leaseMs}`, phase })
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async releaseJob(id: string, owner: string): Promise<void> {
    await this.ownJob(id, owner)
      .set((job) => ({ state: 'waiting', owner: null, until: 0, attempts: job('attempts', '-', 1) }))
      .execute();
  }

  async failJob(id: string, owner: string, failure: string): Promise<void> {
    await this.ownJob(id, owner).set({ state: 'failed', failure }).execute();
  }

  async cancelJob(id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.db
      .updateTable('job')
      .set({ state: 'cancelled' })
      .where('id', '=', id)
      .where('state', 'in', ['waiting', 'running'])
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async deleteJob(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.db.deleteFrom('job').where('id', '=', id).executeTakeFirst();
    return numDeletedRows > 0n;
  }

  private ownJob(id: string, owner: string) {
    return this.db
      .updateTable('job')
      .where('id', '=', id)
      .where('owner', '=', owner)
      .where('state', '=', 'running');
  }

  private isLost(job: ExpressionBuilder<Tables, 'job'>) {
    return job.and([job('state', '=', 'running'), job('until', '<', this.dialect.now)]);
  }

  private async bytes(inRow: Uint8Array | null, blob: string | null): Promise<Uint8Array> {
    return aligned(blob === null ? inRow! : await this.blobs.read(blob));
  }

  /** Two plans of one tree may have the same steps, and so share a blob. */
  private async dropUnused(blob: string | null): Promise<void> {
    if (blob === null) return;
    const inTree = await this.db.selectFrom('tree').select('id').where('blob', '=', blob).executeTakeFirst();
    const inPlan = await this.db.selectFrom('plan').select('id').where('blob', '=', blob).executeTakeFirst();
    if (!inTree && !inPlan) await this.blobs.remove(blob);
  }
}

interface JobRow extends Omit<Tables['job'], 'made' | 'until'> {}

function jobOf(row: JobRow): JobRecord {
  const { id, tree_id, options, processes, state, owner, attempts, phase, failure } = row;
  return { id, treeId: tree_id, options, processes, state, owner, attempts, phase, failure };
}

/** Columns are read in place, as typed arrays of 8-byte numbers at the widest. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}
