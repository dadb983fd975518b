/**
 * The store in PostgreSQL: what the embedded one promises, for several servers at a time.
 *
 * Nothing is kept in memory, since another server may have deleted it. Large bodies are rows of their own, in parts.
 */

import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { AskingStore, askRecords, type RecordsTask } from './asking-store.ts';
import { type Batch, GroupCommit, type Written } from './group-commit.ts';
import { insertBatch } from './postgres-batch.ts';
import { PostgresBlobs } from './postgres-blobs.ts';
import { bringUpToDate } from './postgres-schema.ts';
import { inTransaction } from './postgres-transaction.ts';
import { Records } from './records.ts';
import type { Expiring, PlanRecord, RetentionRule, Store, TreeRecord } from './store.ts';
import { storeFailure } from './store-failure.ts';
import type { Tables } from './tables.ts';

const CONNECTIONS = 8;
const CONNECT_MS = 5000;
/** A database that hangs is one that does not answer; each part of a large body is a statement of its own. */
const STATEMENT_MS = 10_000;
/** A server that stands still, or whose machine is gone, holds the rows of its transaction no longer: others wait for them. */
const MOST_IDLE_MS = 5000;
const INT8 = 20;

export class PostgresStore extends AskingStore implements Store {
  readonly isShared = true;
  private readonly pool: pg.Pool;
  private readonly blobs: PostgresBlobs;
  private readonly records: Records;
  private readonly commits = new GroupCommit((batch) => this.write(batch));
  readonly tree = this.asking('tree');
  readonly plan = this.asking('plan');

  /**
   * @param onLost told of a connection that broke while nobody used it
   * @throws StoreFailure in words for people, without the address's password
   */
  static async open(address: string, onLost: (error: Error) => void = () => {}): Promise<PostgresStore> {
    const pool = new pg.Pool({
      connectionString: address,
      application_name: 'regraft',
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      query_timeout: STATEMENT_MS,
      idle_in_transaction_session_timeout: MOST_IDLE_MS,
      types: { getTypeParser },
    });
    pool.on('error', onLost);
    // One that breaks between two statements of a transaction: the next statement says so, to whoever is at it.
    pool.on('connect', (client) => client.on('error', () => {}));
    try {
      await bringUpToDate(pool);
      return new PostgresStore(pool);
    } catch (error) {
      await pool.end();
      throw storeFailure(error);
    }
  }

  private constructor(pool: pg.Pool) {
    super();
    this.pool = pool;
    this.blobs = new PostgresBlobs(pool);
    this.records = new Records(new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }), this.blobs, {
      now: sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
      locksRows: true,
    });
  }

  putTree(tree: TreeRecord): Promise<boolean> {
    return this.commits.tree(tree);
  }

  recentTree(): undefined {}
  async deleteTree(id: string): Promise<boolean> {
    await this.commits.settled();
    return this.ask('deleteTree', id);
  }

  async deleteFreeTree(id: string): Promise<boolean> {
    await this.commits.settled();
    return this.ask('deleteTree', id, true);
  }

  putPlan(plan: PlanRecord): Promise<void> {
    return this.commits.plan(plan);
  }

  recentPlan(): undefined {}
  async deletePlan(id: string): Promise<boolean> {
    await this.commits.settled();
    return this.ask('deletePlan', id);
  }

  expiring(rule: RetentionRule): Promise<Expiring[]> {
    return answered(async () => this.records.expiring(await this.byItsClock(rule)));
  }

  /** Records are dated by the database: a server whose clock is years ahead lets nothing go for that. */
  private async byItsClock(rule: RetentionRule): Promise<RetentionRule> {
    if (rule.before === null) return rule;
    const { rows } = await this.pool.query<{ now: number }>(
      'select (extract(epoch from clock_timestamp()) * 1000)::bigint as now',
    );
    return { ...rule, before: rule.before + rows[0]!.now - Date.now() };
  }

  /** A write, which a standby or a full disk refuses. */
  async check(): Promise<void> {
    await answered(() => this.pool.query('update regraft_schema set checked = clock_timestamp()'));
  }

  async close(): Promise<void> {
    await this.commits.settled();
    await this.pool.end();
  }

  protected override ask<K extends RecordsTask>(task: K, ...args: Parameters<Records[K]>) {
    return answered(async () => askRecords(this.records, task, args)) as ReturnType<Records[K]>;
  }

  private write(batch: Batch): Promise<Written> {
    return answered(async () => {
      try {
        return await inTransaction(this.pool, (client) => insertBatch(client, this.blobs, batch));
      } catch (error) {
        if ((error as { code?: string }).code !== DEADLOCK) throw error;
        return await inTransaction(this.pool, (client) => insertBatch(client, this.blobs, batch));
      }
    });
  }
}

const DEADLOCK = '40P01';
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw storeFailure(error).problem;
  }
}

/** Counts, sizes and times, all below 2^53, are numbers. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  (oid as number) === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text');
