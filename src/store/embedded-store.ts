/**
 * The embedded store: SQLite and files on a thread of their own.
 *
 * What was put or read lately is kept in memory, and only after it is on disk: whoever finds a record there may
 * acknowledge it.
 */

import { Piscina } from 'piscina';
import { type Batch, GroupCommit, type Written } from './group-commit.ts';
import { packBatch } from './packed-batch.ts';
import { RecentRecords } from './recent-records.ts';
import type { RecordMemory } from './record-memory.ts';
import type {
  Expiring,
  JobCounts,
  JobRecord,
  NewJob,
  Page,
  PlanListing,
  PlanRecord,
  RetentionRule,
  Store,
  StoreSizes,
  SurroundingsRecord,
  TreeListing,
  TreeRecord,
} from './store.ts';
import { StoreFailure } from './store-failure.ts';
import type { RecordsTask, StoreAnswer, StoreTask } from './store-thread.ts';

const RECENT_BYTES = 32 << 20;

export class EmbeddedStore implements Store {
  readonly isShared = false;
  private readonly thread: Piscina<StoreTask, StoreAnswer>;
  private readonly recentTrees = new RecentRecords(RECENT_BYTES, treeSize, keptTree);
  private readonly recentPlans = new RecentRecords(RECENT_BYTES, planSize, keptPlan);
  private readonly commits = new GroupCommit((batch) => this.write(batch));
  private isClosed = false;

  /** @throws StoreFailure in words for people */
  static async open(directory: string): Promise<EmbeddedStore> {
    const store = new EmbeddedStore(directory);
    try {
      await store.run({ do: 'open' });
      return store;
    } catch (error) {
      await store.thread.destroy();
      throw error;
    }
  }

  private constructor(directory: string) {
    this.thread = new Piscina<StoreTask, StoreAnswer>({
      filename: new URL('./store-thread.js', import.meta.url).href,
      minThreads: 1,
      maxThreads: 1,
      workerData: { directory },
    });
  }

  async putTree(tree: TreeRecord): Promise<boolean> {
    if (this.recentTrees.get(tree.id)) return false;
    return this.commits.tree(tree);
  }

  async hasTree(id: string): Promise<boolean> {
    return this.recentTree(id) !== undefined || (await this.ask<boolean>('hasTree', id));
  }

  async tree(id: string): Promise<TreeRecord | undefined> {
    const known = this.recentTree(id);
    if (known) return known;
    const tree = await this.ask<TreeRecord | undefined>('tree', id);
    return tree && this.recentTrees.put(id, tree);
  }

  recentTree(id: string): TreeRecord | undefined {
    return this.recentTrees.get(id);
  }

  trees(limit: number, after?: string): Promise<Page<TreeListing>> {
    return this.ask('trees', limit, after);
  }

  async deleteTree(id: string): Promise<boolean> {
    await this.commits.settled();
    this.forgetTree(id);
    const deleted = await this.ask<boolean>('deleteTree', id);
    // Whoever read it meanwhile has put it back.
    this.forgetTree(id);
    return deleted;
  }

  putSurroundings(treeId: string, surroundings: SurroundingsRecord): Promise<void> {
    return this.ask('putSurroundings', treeId, surroundings);
  }

  surroundings(treeId: string, id?: string): Promise<(SurroundingsRecord & { of: number }) | undefined> {
    return this.ask('surroundings', treeId, id);
  }

  async putPlan(plan: PlanRecord): Promise<void> {
    if (!this.recentPlans.get(plan.id)) await this.commits.plan(plan);
  }

  async plan(id: string): Promise<PlanRecord | undefined> {
    const known = this.recentPlan(id);
    if (known) return known;
    const plan = await this.ask<PlanRecord | undefined>('plan', id);
    return plan && this.recentPlans.put(id, plan);
  }

  recentPlan(id: string): PlanRecord | undefined {
    return this.recentPlans.get(id);
  }

  plansOf(treeId: string, limit: number, after?: string): Promise<Page<PlanListing>> {
    return this.ask('plansOf', treeId, limit, after);
  }

  async deletePlan(id: string): Promise<boolean> {
    await this.commits.settled();
    this.recentPlans.remove(id);
    const deleted = await this.ask<boolean>('deletePlan', id);
    this.recentPlans.remove(id);
    return deleted;
  }

  putJob(job: NewJob): Promise<void> {
    return this.ask('putJob', job);
  }

  claimJob(job: NewJob, owner: string, leaseMs: number): Promise<boolean> {
    return this.ask('claimJob', job, owner, leaseMs);
  }

  job(id: string): Promise<JobRecord | undefined> {
    return this.ask('job', id);
  }

  jobs(ids: readonly string[]): Promise<JobRecord[]> {
    return this.ask('jobs', ids);
  }

  jobCounts(): Promise<JobCounts> {
    return this.ask('jobCounts');
  }

  takeJob(owner: string, leaseMs: number): Promise<JobRecord | undefined> {
    return this.ask('takeJob', owner, leaseMs);
  }

  beatJob(id: string, owner: string, leaseMs: number, phase: string | null): Promise<boolean> {
    return this.ask('beatJob', id, owner, leaseMs, phase);
  }

  releaseJob(id: string, owner: string): Promise<void> {
    return this.ask('releaseJob', id, owner);
  }

  failJob(id: string, owner: string, failure: string): Promise<void> {
    return this.ask('failJob', id, owner, failure);
  }

  cancelJob(id: string): Promise<boolean> {
    return this.ask('cancelJob', id);
  }

  deleteJob(id: string): Promise<boolean> {
    return this.ask('deleteJob', id);
  }

  sizes(): Promise<StoreSizes> {
    return this.ask('sizes');
  }

  expiring(rule: RetentionRule): Promise<Expiring[]> {
    return this.ask('expiring', rule);
  }

  async check(): Promise<void> {
    await this.carryOut({ do: 'check' });
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    await this.commits.settled();
    const closing = this.carryOut({ do: 'close' });
    this.isClosed = true;
    await closing;
    await this.thread.close();
  }

  private ask<T>(task: RecordsTask, ...args: readonly unknown[]): Promise<T> {
    return this.carryOut({ do: task, args }) as Promise<T>;
  }

  private async write(batch: Batch): Promise<Written> {
    const packed = packBatch(batch.trees.values(), batch.plans.values());
    const written = (await this.carryOut({ do: 'write', batch: packed }, [packed.bytes])) as Written;
    for (const [id, tree] of batch.trees) this.recentTrees.put(id, tree);
    for (const [id, plan] of batch.plans) if (!written.orphans.includes(id)) this.recentPlans.put(id, plan);
    return written;
  }

  /** @throws Problem STORE_FULL, STORE_UNAVAILABLE */
  private async carryOut(task: StoreTask, transferList: ArrayBuffer[] = []): Promise<unknown> {
    try {
      return await this.run(task, transferList);
    } catch (error) {
      throw error instanceof StoreFailure ? error.problem : error;
    }
  }

  private async run(task: StoreTask, transferList: ArrayBuffer[] = []): Promise<unknown> {
    // The pool would start another thread for it, which would take the directory again.
    if (this.isClosed) throw new StoreFailure('failing', 'The store is closed.');
    const answer = await this.thread.run(task, { transferList });
    if ('result' in answer) return answer.result;
    const { kind, message } = answer.failure;
    throw new StoreFailure(kind, message);
  }

  private forgetTree(id: string): void {
    this.recentTrees.remove(id);
    this.recentPlans.removeWhere((plan) => plan.treeId === id);
  }
}

function keptTree(tree: TreeRecord, memory: RecordMemory): TreeRecord {
  return { id: tree.id, info: tree.info, bytes: memory.keep(tree.bytes) };
}

function keptPlan(plan: PlanRecord, memory: RecordMemory): PlanRecord {
  return { id: plan.id, treeId: plan.treeId, head: plan.head, steps: memory.keep(plan.steps) };
}

function treeSize(tree: TreeRecord): number {
  return tree.bytes.length + 2 * tree.info.length;
}

function planSize(plan: PlanRecord): number {
  return plan.steps.length + 2 * plan.head.length;
}
