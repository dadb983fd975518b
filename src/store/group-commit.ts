/**
 * Group commit: everything that is put while one transaction is under way goes into the next one together.
 *
 * A put resolves when its batch is on disk, and rejects with what kept the batch from it. Nobody waits for company: the
 * first put of a quiet moment is written at the end of its turn, and the next batch is what came meanwhile. So one put
 * costs one sync of the disk, a tree with its plan no more, and a hundred at once cost one or two.
 *
 * What is large goes in batches of its own beside the others, which do not wait for it: a plan of a million processes
 * takes a third of a second to write. Only a plan waits for its tree.
 */

import type { PlanRecord, TreeRecord } from './store.ts';

export interface Batch {
  readonly trees: ReadonlyMap<string, TreeRecord>;
  readonly plans: ReadonlyMap<string, PlanRecord>;
  readonly bytes: number;
}

/** What became of a batch, as ids. */
export interface Written {
  /** Trees that were not there before. */
  readonly added: readonly string[];
  /** Plans that were not kept, since their trees are gone. */
  readonly orphans: readonly string[];
}

/** Writes a batch in one transaction. */
export type WriteBatch = (batch: Batch) => Promise<Written>;

/** A batch ends when it has so many bytes, so that a large one does not make memory twice as large. */
const MOST_BYTES = 64 << 20;
const LARGE_BYTES = 1 << 20;

export function isLarge(bytes: Uint8Array): boolean {
  return bytes.length > LARGE_BYTES;
}

class OpenBatch implements Batch {
  readonly trees = new Map<string, TreeRecord>();
  readonly plans = new Map<string, PlanRecord>();
  bytes = 0;
  /** The trees that were not there before. */
  readonly written: Promise<ReadonlySet<string>>;
  resolve!: (added: ReadonlySet<string>) => void;
  reject!: (error: unknown) => void;

  constructor() {
    this.written = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever put something has it too.
    this.written.catch(() => {});
  }
}

/** Batches one after the other. */
class Lane {
  private readonly write: WriteBatch;
  /** Those that are not on disk yet, the oldest first. */
  readonly batches: OpenBatch[] = [];
  /** The first of them, once its writing has begun. */
  private writing: OpenBatch | undefined;
  private working: Promise<void> | undefined;

  constructor(write: WriteBatch) {
    this.write = write;
  }

  /** The batch for what is put now. It is written soon after. */
  open(bytes: number): OpenBatch {
    this.working ??= this.work();
    let batch = this.batches.at(-1);
    if (!batch || batch === this.writing || batch.bytes >= MOST_BYTES) {
      batch = new OpenBatch();
      this.batches.push(batch);
    }
    batch.bytes += bytes;
    return batch;
  }

  private async work(): Promise<void> {
    // What is put in the same turn belongs to the same batch: trees, and the plans that are made of them at once.
    await new Promise(setImmediate);
    for (let batch = this.batches[0]; batch; batch = this.batches[0]) {
      this.writing = batch;
      try {
        batch.resolve(new Set((await this.write(batch)).added));
      } catch (error) {
        batch.reject(error);
      }
      this.batches.shift();
    }
    this.writing = undefined;
    this.working = undefined;
  }
}

export class GroupCommit {
  private readonly small: Lane;
  private readonly large: Lane;
  /** Plans that wait for their trees in the other lane. */
  private readonly behindTrees = new Set<Promise<void>>();

  constructor(write: WriteBatch) {
    this.small = new Lane(write);
    this.large = new Lane(write);
  }

  /** Resolves to true where the tree was not there before. */
  async tree(tree: TreeRecord): Promise<boolean> {
    const coming = this.batches.find(({ trees }) => trees.has(tree.id));
    if (coming) {
      await coming.written;
      return false;
    }
    const batch = this.laneOf(tree.bytes).open(tree.bytes.length);
    batch.trees.set(tree.id, tree);
    return (await batch.written).has(tree.id);
  }

  async plan(plan: PlanRecord): Promise<void> {
    const lane = this.laneOf(plan.steps);
    const tree = this.batches.find(({ trees }) => trees.has(plan.treeId));
    if (tree && !lane.batches.includes(tree)) return this.behind(tree, plan);
    return this.planIn(lane, plan);
  }

  private behind(tree: OpenBatch, plan: PlanRecord): Promise<void> {
    const put = tree.written.then(() => this.plan(plan));
    this.behindTrees.add(put);
    return put.finally(() => this.behindTrees.delete(put));
  }

  private async planIn(lane: Lane, plan: PlanRecord): Promise<void> {
    const coming = this.batches.find(({ plans }) => plans.has(plan.id));
    if (coming) return void (await coming.written);
    const batch = lane.open(plan.steps.length);
    batch.plans.set(plan.id, plan);
    await batch.written;
  }

  /** Resolves when all that was put until now is written, or could not be. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.batches.map(({ written }) => written), ...this.behindTrees]);
  }

  private get batches(): readonly OpenBatch[] {
    return [...this.small.batches, ...this.large.batches];
  }

  private laneOf(bytes: Uint8Array): Lane {
    return isLarge(bytes) ? this.large : this.small;
  }
}
