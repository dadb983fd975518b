/**
 * Jobs: the SQL that both databases understand.
 *
 * Times are those of the database's clock, so that servers whose clocks differ agree on whose lease has ended.
 */

import { type ExpressionBuilder, type Kysely, type RawBuilder, sql } from 'kysely';
import type { JobCounts, JobRecord, NewJob } from './store.ts';
import type { Tables } from './tables.ts';

export interface Dialect {
  /** Milliseconds since 1970. */
  readonly now: RawBuilder<number>;
  /** Other servers work on the same rows, which are locked for a transaction. */
  readonly locksRows: boolean;
}

/** No lease is that long: one that ends later was given before the database's clock was set back. */
const LONGEST_LEASE_MS = 600_000;

export class JobRecords {
  protected readonly db: Kysely<Tables>;
  protected readonly dialect: Dialect;

  constructor(db: Kysely<Tables>, dialect: Dialect) {
    this.db = db;
    this.dialect = dialect;
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
          )
          .$if(this.dialect.locksRows, (start) => start.where(treeHeld(treeId))),
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
    const { now, locksRows } = this.dialect;
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
      .where('id', '=', locksRows ? open.forUpdate().skipLocked() : open)
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
}

/** True: whoever deletes the tree unless something is planned for it is waited for, or waits, and then sees the job. */
function treeHeld(treeId: string): RawBuilder<boolean> {
  return sql<boolean>`coalesce((select true from tree where id = ${treeId} for key share), true)`;
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
