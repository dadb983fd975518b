/**
 * Group commit: everything that is put while one transaction is under way goes into the next one together.
 *
 * A put resolves when its batch is on disk, and rejects with what kept the batch from it. Nobody waits for company: the
 * first put of a quiet moment is written at the end of its turn, and the next batch is what came meanwhile. So one put
 * costs one sync of the disk, a tree with its plan no more, and a hundred at once cost one or two.
 */

import type { PlanRecord, TreeRecord } from './store.ts';

export interface Batch {
  readonly trees: ReadonlyMap<string, TreeRecord>;
  readonly plans: ReadonlyMap<string, PlanRecord>;
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

export class GroupCommit {
  private readonly write: WriteBatch;
  /** Batches that are not on disk yet, the oldest first. */
  private readonly batches: OpenBatch[] = [];
  /** The first of them, once its writing has begun. */
  private writing: OpenBatch | undefined;
  private working: Promise<void> | undefined;

  constructor(write: WriteBatch) {
    this.write = write;
  }

  /** Resolves to true where the tree was not there before. */
  async tree(tree: TreeRecord): Promise<boolean> {
    const coming = this.batches.find(({ trees }) => trees.has(tree.id));
    if (coming) {
      await coming.written;
      return false;
    }
    const batch = this.open();
    batch.trees.set(tree.id, tree);
    batch.bytes += tree.bytes.length;
    return (await this.added(batch)).has(tree.id);
  }

  async plan(plan: PlanRecord): Promise<void> {
    const coming = this.batches.find(({ plans }) => plans.has(plan.id));
    if (coming) return void (await coming.written);
    const batch = this.open();
    batch.plans.set(plan.id, plan);
    batch.bytes += plan.steps.length;
    await this.added(batch);
  }

  /** Resolves when all that was put until now is written, or could not be. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.batches.map(({ written }) => written));
  }

  private open(): OpenBatch {
    const last = this.batches.at(-1);
    if (last && last !== this.writing && last.bytes < MOST_BYTES) return last;
    const batch = new OpenBatch();
    this.batches.push(batch);
    return batch;
  }

  private added(batch: OpenBatch): Promise<ReadonlySet<string>> {
    this.working ??= this.work();
    return batch.written;
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
