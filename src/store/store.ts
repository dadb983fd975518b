/**
 * The store of trees and plans, as the rest of the service sees it.
 *
 * Both kinds of record are immutable and content-addressed: an id is the hash of what the record says, so a second put
 * of the same id changes nothing, and a plan can always be computed again from its tree. Another implementation
 * (shared, durable) has to keep exactly these promises; test/store/store-behaviour.ts states them as tests.
 */

export interface TreeRecord {
  /** Content hash of the tree, independent of the upload's form. */
  readonly id: string;
  /** What is shown of the tree without reading it: counts and findings, as JSON. */
  readonly info: string;
  /** The tree's columns (tree-bytes.ts). */
  readonly bytes: Uint8Array;
}

export interface PlanRecord {
  readonly id: string;
  readonly treeId: string;
  /** The plan without its steps, as the JSON object that clients get. */
  readonly head: string;
  /** The steps' columns (step-bytes.ts). */
  readonly steps: Uint8Array;
}

export interface TreeListing {
  readonly id: string;
  readonly info: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null on the last one. */
  readonly next: string | null;
}

export interface Store {
  /** Resolves when the record can be read back; it may reach the disk a little later, `close` waits for that. */
  putTree(tree: TreeRecord): Promise<void>;
  hasTree(id: string): Promise<boolean>;
  tree(id: string): Promise<TreeRecord | undefined>;
  /** The tree where it is in memory anyway; undefined says nothing. */
  recentTree(id: string): TreeRecord | undefined;
  /** Oldest first. `after` is the `next` of the page before. */
  trees(limit: number, after?: string): Promise<Page<TreeListing>>;
  /** Deletes the tree and its plans; false where there is none. */
  deleteTree(id: string): Promise<boolean>;

  putPlan(plan: PlanRecord): Promise<void>;
  plan(id: string): Promise<PlanRecord | undefined>;
  /** The plan where it is in memory anyway; undefined says nothing. */
  recentPlan(id: string): PlanRecord | undefined;
  deletePlan(id: string): Promise<boolean>;

  /** Rejects where the store cannot serve. */
  check(): Promise<void>;
  close(): Promise<void>;
}
