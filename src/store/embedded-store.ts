/**
 * The embedded store: SQLite and files on a thread of their own, written behind.
 *
 * A put is readable at once and written with all others of the next 50 ms in one transaction; `close` waits for what is
 * pending. A crash can lose the last tenth of a second of puts: plans can be computed again, trees posted again, and
 * their ids stay the same. Where the disk is slower than the clients, puts wait (MAX_PENDING bytes).
 */

import { Piscina } from 'piscina';
import { packBatch } from './packed-batch.ts';
import { RecentRecords } from './recent-records.ts';
import type { RecordMemory } from './record-memory.ts';
import type { Page, PlanRecord, Store, TreeListing, TreeRecord } from './store.ts';
import type { StoreTask } from './store-thread.ts';

const RECENT_BYTES = 32 << 20;
const MAX_PENDING = 256 << 20;
/** A transaction costs more than its rows: puts of this time share one. */
const GATHER_MS = 50;

export class EmbeddedStore implements Store {
  private readonly thread: Piscina<StoreTask, unknown>;
  private readonly recentTrees = new RecentRecords(RECENT_BYTES, treeSize, keptTree);
  private readonly recentPlans = new RecentRecords(RECENT_BYTES, planSize, keptPlan);
  /** Put and not yet written: of the coming batch, and of the one under way. */
  private pending = new Batch();
  private writing = new Batch();
  private flushing: Promise<void> | undefined;
  /** Ends the gathering of the coming batch. */
  private hurry: (() => void) | undefined;
  /** Why the last batch could not be written; its records are gone from memory too. */
  private failure: unknown;
  private readonly onFailure: (error: unknown) => void;

  constructor(directory: string, onFailure: (error: unknown) => void) {
    this.onFailure = onFailure;
    this.thread = new Piscina<StoreTask, unknown>({
      filename: new URL('./store-thread.js', import.meta.url).href,
      minThreads: 1,
      maxThreads: 1,
      workerData: { directory },
    });
  }

  async putTree(tree: TreeRecord): Promise<void> {
    if (this.recentTrees.get(tree.id)) return;
    this.pending.trees.set(tree.id, this.recentTrees.put(tree.id, tree));
    await this.room(treeSize(tree));
  }

  async hasTree(id: string): Promise<boolean> {
    return this.recentTree(id) !== undefined || (await this.ask<boolean>({ do: 'hasTree', id }));
  }

  async tree(id: string): Promise<TreeRecord | undefined> {
    const known = this.recentTree(id);
    if (known) return known;
    const tree = await this.ask<TreeRecord | undefined>({ do: 'tree', id });
    return tree && this.recentTrees.put(id, tree);
  }

  recentTree(id: string): TreeRecord | undefined {
    return this.recentTrees.get(id) ?? this.pending.trees.get(id) ?? this.writing.trees.get(id);
  }

  async trees(limit: number, after?: string): Promise<Page<TreeListing>> {
    await this.flushed();
    return this.ask({ do: 'trees', limit, after });
  }

  async deleteTree(id: string): Promise<boolean> {
    await this.flushed();
    this.recentTrees.remove(id);
    this.recentPlans.removeWhere((plan) => plan.treeId === id);
    return this.ask({ do: 'deleteTree', id });
  }

  async putPlan(plan: PlanRecord): Promise<void> {
    if (this.recentPlans.get(plan.id)) return;
    this.pending.plans.set(plan.id, this.recentPlans.put(plan.id, plan));
    await this.room(planSize(plan));
  }

  async plan(id: string): Promise<PlanRecord | undefined> {
    const known = this.recentPlan(id);
    if (known) return known;
    const plan = await this.ask<PlanRecord | undefined>({ do: 'plan', id });
    return plan && this.recentPlans.put(id, plan);
  }

  recentPlan(id: string): PlanRecord | undefined {
    return this.recentPlans.get(id) ?? this.pending.plans.get(id) ?? this.writing.plans.get(id);
  }

  async deletePlan(id: string): Promise<boolean> {
    await this.flushed();
    this.recentPlans.remove(id);
    return this.ask({ do: 'deletePlan', id });
  }

  async check(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    await this.ask({ do: 'check' });
  }

  async close(): Promise<void> {
    await this.flushed();
    await this.ask({ do: 'close' });
    await this.thread.close();
  }

  private ask<T>(task: StoreTask): Promise<T> {
    return this.thread.run(task) as Promise<T>;
  }

  /** Starts the writing of what is pending; waits only where too much is. */
  private async room(bytes: number): Promise<void> {
    this.pending.bytes += bytes;
    this.flushing ??= this.flush();
    if (this.pending.bytes > MAX_PENDING) this.hurry?.();
    while (this.pending.bytes > MAX_PENDING && this.flushing) await this.flushing;
  }

  private async flushed(): Promise<void> {
    this.hurry?.();
    while (this.flushing) await this.flushing;
  }

  /** A short while in which further puts join the batch; cut short where somebody waits. */
  private moreToCome(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, GATHER_MS);
      this.hurry = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.pending.bytes > MAX_PENDING) this.hurry();
    });
  }

  /** Writes until nothing is pending. A batch is what came while the one before was written. */
  private async flush(): Promise<void> {
    while (this.pending.bytes > 0) {
      await this.moreToCome();
      this.writing = this.pending;
      this.pending = new Batch();
      const batch = packBatch(this.writing.trees.values(), this.writing.plans.values());
      try {
        await this.thread.run({ do: 'write', batch }, { transferList: [batch.bytes] });
        this.failure = undefined;
      } catch (error) {
        this.failure = error;
        for (const id of this.writing.trees.keys()) this.recentTrees.remove(id);
        for (const id of this.writing.plans.keys()) this.recentPlans.remove(id);
        this.onFailure(error);
      }
      this.writing = new Batch();
    }
    this.flushing = undefined;
  }
}

class Batch {
  readonly trees = new Map<string, TreeRecord>();
  readonly plans = new Map<string, PlanRecord>();
  bytes = 0;
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
