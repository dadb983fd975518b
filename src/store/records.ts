/**
 * Reads, deletions and jobs: the SQL that both databases understand.
 *
 * Writes of trees and plans are each database's own, since they have to be fast (database.ts, postgres-database.ts).
 * Times are those of the database's clock, so that servers whose clocks differ agree on whose lease has ended.
 */

import { type ExpressionBuilder, type Kysely, type RawBuilder, sql } from 'kysely';
import type {
  JobCounts,
  JobRecord,
  NewJob,
  Page,
  PlanListing,
  PlanRecord,
  SurroundingsRecord,
  TreeListing,
  TreeRecord,
} from './store.ts';
import { putSurroundings, readSurroundings } from './surroundings-rows.ts';
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

/** No lease is that long: one that ends later was given before the database's clock was set back. */
const LONGEST_LEASE_MS = 600_000;
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
      await db.deleteFrom('surroundings').where('tree_id', '=', id).execute();
      const plans = await db.deleteFrom('plan').where('tree_id', '=', id).returning('blob').execute();
      const trees = await db.deleteFrom('tree').where('id', '=', id).returning('blob').execute();
      return { trees, plans };
    });
    for (const { blob } of [...plans, ...trees]) await this.dropUnused(blob);
    return trees.length > 0;
  }

  putSurroundings(treeId: string, surroundings: SurroundingsRecord): Promise<void> {
    return putSurroundings(this.db, this.dialect.now, treeId, surroundings);
  }

  surroundings(treeId: string, id?: string): Promise<(SurroundingsRecord & { of: number }) | undefined> {
    return readSurroundings(this.db, treeId, id);
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

  async putJob(job: NewJob): Promise<void> {
    await this.insertJob(job, { state: 'waiting', owner: null, until: sql`0`, attempts: 0 })
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet({ state: 'waiting', attempts: 0, owner: null, phase: null, failure: null })
          .where('job.state', 'in', ['failed', 'cancelled']),
      )
      .execute();
  }

  async claimJob(job: NewJob, owner: string, leaseMs: number): Promise<boolean> {
    const until = sql<number>`${this.dialect.now} + ${sql.lit(leaseMs)}`;
    const taken = { state: 'running', owner, until, attempts: 1 } as const;
    const { numInsertedOrUpdatedRows } = await this.insertJob(job, taken)
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet({ ...taken, phase: null, failure: null })
          .where((row) => row.or([row('job.state', '!=', 'running'), this.isLost(row)])),
      )
      .executeTakeFirst();
    return (numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  /** Unless its plan is there. */
  private insertJob({ id, treeId, options, processes }: NewJob, { state, owner, until, attempts }: JobStart) {
    const text = (value: string | null) => sql<string>`cast(${value} as text)`;
    const { now } = this.dialect;
    return this.db
      .insertInto('job')
      .columns(['id', 'tree_id', 'options', 'processes', 'state', 'owner', 'until', 'attempts', 'made'])
      .expression(
        this.db
          .selectNoFrom([
            ...[text(id).as('id'), text(treeId).as('tree_id'), text(options).as('options')],
            ...[sql.lit(processes).as('processes'), text(state).as('state'), text(owner).as('owner')],
            ...[sql<number>`${until}`.as('until'), sql.lit(attempts).as('attempts'), now.as('made')],
          ])
          .where(({ not, exists, selectFrom }) =>
            not(exists(selectFrom('plan').select('plan.id').where('plan.id', '=', id))),
          ),
      );
  }

  async job(id: string): Promise<JobRecord | undefined> {
    const row = await this.db.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst();
    return row && jobOf(row);
  }

  async jobs(ids: readonly string[]): Promise<JobRecord[]> {
    if (ids.length === 0) return [];
    const rows = await this.db
      .selectFrom('job')
      .selectAll()
      .where('id', 'in', [...ids])
      .execute();
    return rows.map(jobOf);
  }

  async jobCounts(): Promise<JobCounts> {
    const rows = await this.db
      .selectFrom('job')
      .select((job) => ['state', job.fn.countAll<number>().as('count')])
      .where('state', 'in', ['waiting', 'running'])
      .groupBy('state')
      .execute();
    const count = (state: string) => Number(rows.find((row) => row.state === state)?.count ?? 0);
    return { waiting: count('waiting'), running: count('running') };
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
    const { now } = this.dialect;
    const ended = job.or([
      job('job.until', '<', now),
      job('job.until', '>', sql<number>`${now} + ${LONGEST_LEASE_MS}`),
    ]);
    return job.and([job('job.state', '=', 'running'), ended]);
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

interface JobStart {
  readonly state: 'waiting' | 'running';
  readonly owner: string | null;
  readonly until: RawBuilder<unknown>;
  readonly attempts: number;
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
