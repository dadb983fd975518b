/**
 * The embedded store: SQLite and files on a thread of their own.
 *
 * What was put or read lately is kept in memory, and only after it is on disk: whoever finds a record there may
 * acknowledge it.
 */

import { Piscina } from 'piscina';
import { AskingStore, type RecordsTask } from './asking-store.ts';
import { type Batch, GroupCommit, isLarge, type Written } from './group-commit.ts';
import { packBatch } from './packed-batch.ts';
import { RecentRecords } from './recent-records.ts';
import type { RecordMemory } from './record-memory.ts';
import type { Records } from './records.ts';
import type { Expiring, PlanRecord, RetentionRule, Store, TreeRecord } from './store.ts';
import { StoreFailure, storeFailure } from './store-failure.ts';
import type { StoreAnswer, StoreTask } from './store-thread.ts';
import { type UnfinishedFile, UnfinishedFiles } from './unfinished-files.ts';

const RECENT_BYTES = 32 << 20;
/** What `check` writes at least, more than is left over in a page; and at most, after a batch that found no room. */
const PROBE_BYTES = 64 * 1024;
const MOST_PROBE_BYTES = 16 << 20;

export class EmbeddedStore extends AskingStore implements Store {
  readonly isShared = false;
  private readonly thread: Piscina<StoreTask, StoreAnswer>;
  private readonly recentTrees = new RecentRecords(RECENT_BYTES, treeSize, keptTree);
  private readonly recentPlans = new RecentRecords(RECENT_BYTES, planSize, keptPlan);
  private readonly commits = new GroupCommit((batch) => this.write(batch));
  private readonly unfinished: UnfinishedFiles;
  private probeBytes = PROBE_BYTES;
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
    super();
    this.unfinished = new UnfinishedFiles(directory);
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

  async tree(id: string): Promise<TreeRecord | undefined> {
    const known = this.recentTree(id);
    if (known) return known;
    const tree = await this.ask('tree', id);
    return tree && this.recentTrees.put(id, tree);
  }

  recentTree(id: string): TreeRecord | undefined {
    return this.recentTrees.get(id);
  }

  deleteTree(id: string): Promise<boolean> {
    return this.withoutTree(id, false);
  }

  deleteFreeTree(id: string): Promise<boolean> {
    return this.withoutTree(id, true);
  }

  async putPlan(plan: PlanRecord): Promise<void> {
    if (!this.recentPlans.get(plan.id)) await this.commits.plan(plan);
  }

  async plan(id: string): Promise<PlanRecord | undefined> {
    const known = this.recentPlan(id);
    if (known) return known;
    const plan = await this.ask('plan', id);
    return plan && this.recentPlans.put(id, plan);
  }

  recentPlan(id: string): PlanRecord | undefined {
    return this.recentPlans.get(id);
  }

  async deletePlan(id: string): Promise<boolean> {
    await this.commits.settled();
    this.recentPlans.remove(id);
    const deleted = await this.ask('deletePlan', id);
    this.recentPlans.remove(id);
    return deleted;
  }

  expiring(rule: RetentionRule): Promise<Expiring[]> {
    return this.ask('expiring', rule);
  }

  /** Is there room again for what found none? */
  async check(): Promise<void> {
    await this.carryOut({ do: 'check', bytes: this.probeBytes });
    this.probeBytes = PROBE_BYTES;
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    await this.commits.settled();
    const closing = this.carryOut({ do: 'close' });
    this.isClosed = true;
    await closing;
    await this.thread.close();
  }

  protected override ask<K extends RecordsTask>(task: K, ...args: Parameters<Records[K]>) {
    return this.carryOut({ do: task, args }) as ReturnType<Records[K]>;
  }

  private async write(batch: Batch): Promise<Written> {
    const files = new Map<string, UnfinishedFile>();
    try {
      for (const { id, bytes } of largeOf(batch)) files.set(id, await this.unfinished.write(bytes));
      const packed = packBatch(batch.trees.values(), batch.plans.values(), files);
      const written = (await this.run({ do: 'write', batch: packed }, [packed.bytes])) as Written;
      for (const [id, tree] of batch.trees) this.recentTrees.put(id, tree);
      for (const [id, plan] of batch.plans) if (!written.orphans.includes(id)) this.recentPlans.put(id, plan);
      return written;
    } catch (error) {
      const failure = storeFailure(error);
      if (failure.kind === 'full') this.probeBytes = Math.min(batch.bytes + PROBE_BYTES, MOST_PROBE_BYTES);
      throw failure.problem;
    } finally {
      await this.unfinished.remove([...files.values()].map(({ path }) => path));
    }
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

  private async withoutTree(id: string, onlyFree: boolean): Promise<boolean> {
    await this.commits.settled();
    this.forgetTree(id);
    const deleted = await this.ask('deleteTree', id, onlyFree);
    // Whoever read it meanwhile has put it back.
    this.forgetTree(id);
    return deleted;
  }

  private forgetTree(id: string): void {
    this.recentTrees.remove(id);
    this.recentPlans.removeWhere((plan) => plan.treeId === id);
  }
}

function* largeOf({ trees, plans }: Batch): Generator<{ id: string; bytes: Uint8Array }> {
  for (const { id, bytes } of trees.values()) if (isLarge(bytes)) yield { id, bytes };
  for (const { id, steps } of plans.values()) if (isLarge(steps)) yield { id, bytes: steps };
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
