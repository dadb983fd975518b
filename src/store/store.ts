/**
 * The store of trees, plans and the jobs that make plans, as the rest of the service sees it.
 *
 * Trees and plans are immutable and content-addressed: an id is the hash of what the record says, so a second put of the
 * same id changes nothing, and a plan can always be computed again from its tree. A put resolves when the record is on
 * disk. Both implementations keep exactly these promises; test/store/store-behaviour.ts states them as tests.
 * Whatever the store cannot do is a Problem: STORE_FULL, STORE_UNAVAILABLE.
 */

export interface TreeRecord {
  /** Content hash of the tree, independent of the upload's form. */
  readonly id: string;
  /** What is shown of the tree without reading it: counts and findings, as JSON. */
  readonly info: string;
  /** The tree's columns (tree-bytes.ts). */
  readonly bytes: Uint8Array;
}

/** What an upload said beside its tree: two uploads of one tree may differ in it. */
export interface SurroundingsRecord {
  /** Content hash. */
  readonly id: string;
  /** As JSON. */
  readonly text: string;
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

/** A plan without its steps. */
export type PlanListing = Pick<PlanRecord, 'id' | 'treeId' | 'head'>;

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; null on the last one. */
  readonly next: string | null;
}

/** A plan that somebody was promised. It goes when the plan is stored; one that failed or was cancelled stays. */
export interface NewJob {
  /** Id of the plan. */
  readonly id: string;
  readonly treeId: string;
  /** Canonical options, as JSON. */
  readonly options: string;
  readonly processes: number;
}

export type StoredJobState = 'waiting' | 'running' | 'failed' | 'cancelled';

export interface JobRecord extends NewJob {
  readonly state: StoredJobState;
  /** The server that runs it, or ran it last. */
  readonly owner: string | null;
  /** How often a server took it. */
  readonly attempts: number;
  /** Name of the phase that it is in. */
  readonly phase: string | null;
  /** Why it failed: code and detail, as JSON. */
  readonly failure: string | null;
}

/** Of all servers. */
export interface JobCounts {
  readonly waiting: number;
  readonly running: number;
}

export interface StoreSizes {
  readonly trees: { readonly count: number; readonly bytes: number };
  readonly plans: { readonly count: number; readonly bytes: number };
}

/** What may stay. */
export interface RetentionRule {
  /** Milliseconds since 1970: what was made before goes; null: nothing goes by its age. */
  readonly before: number | null;
  /** Of all trees and plans; null: no limit. */
  readonly mostBytes: number | null;
  /** Records of each kind that are looked at at a time. */
  readonly most: number;
}

export interface Expiring {
  readonly kind: 'plan' | 'tree';
  readonly id: string;
  readonly made: number;
  readonly size: number;
}

export interface Store {
  /** Other servers have the same records. */
  readonly isShared: boolean;

  /** True where it was not there before. */
  putTree(tree: TreeRecord): Promise<boolean>;
  tree(id: string): Promise<TreeRecord | undefined>;
  /** The tree where it is in memory anyway; undefined says nothing. */
  recentTree(id: string): TreeRecord | undefined;
  /** Oldest first. `after` is the `next` of the page before. */
  trees(limit: number, after?: string): Promise<Page<TreeListing>>;
  /** Deletes the tree, its surroundings, its plans and its jobs; false where there is none. */
  deleteTree(id: string): Promise<boolean>;
  /** The same, unless something is being planned for it. */
  deleteFreeTree(id: string): Promise<boolean>;

  /** Becomes the newest of the tree, also where it was there before. Of a tree the newest ones are kept. */
  putSurroundings(treeId: string, surroundings: SurroundingsRecord): Promise<void>;
  /** Those of an id, else the newest; and how many the tree has. Undefined where it has none. */
  surroundings(treeId: string, id?: string): Promise<(SurroundingsRecord & { of: number }) | undefined>;

  /** Ends the plan's job too, in the same step. A plan whose tree is gone is not kept. */
  putPlan(plan: PlanRecord): Promise<void>;
  plan(id: string): Promise<PlanRecord | undefined>;
  /** The plan where it is in memory anyway; undefined says nothing. */
  recentPlan(id: string): PlanRecord | undefined;
  /** The plans of a tree, oldest first. `after` is the `next` of the page before. */
  plansOf(treeId: string, limit: number, after?: string): Promise<Page<PlanListing>>;
  deletePlan(id: string): Promise<boolean>;

  /**
   * A job that waits; one that failed or was cancelled waits again, one that waits or runs stays as it is.
   * Nothing where the plan is there already.
   */
  putJob(job: NewJob): Promise<void>;
  /** A job that a server runs from the beginning; false where another one runs it, who keeps it, or the plan is there. */
  claimJob(job: NewJob, owner: string, leaseMs: number): Promise<boolean>;
  job(id: string): Promise<JobRecord | undefined>;
  /** Those that there are, in no order. */
  jobs(ids: readonly string[]): Promise<JobRecord[]>;
  jobCounts(): Promise<JobCounts>;
  /**
   * Gives the oldest job that waits, or whose server has not been heard of in time, to a server.
   * @param leaseMs time in which it has to be heard of
   */
  takeJob(owner: string, leaseMs: number): Promise<JobRecord | undefined>;
  /** Says that the server still works on it; false where it must not any more. */
  beatJob(id: string, owner: string, leaseMs: number, phase: string | null): Promise<boolean>;
  /** Lets it wait again, as if it had not been taken. */
  releaseJob(id: string, owner: string): Promise<void>;
  failJob(id: string, owner: string, failure: string): Promise<void>;
  /** False where it neither waits nor runs. */
  cancelJob(id: string): Promise<boolean>;
  /** Forgets how it ended. */
  deleteJob(id: string): Promise<boolean>;

  sizes(): Promise<StoreSizes>;
  /** Part of what goes by a rule, in the order in which it goes; empty where nothing does. */
  expiring(rule: RetentionRule): Promise<Expiring[]>;

  /** Rejects where the store cannot write. */
  check(): Promise<void>;
  close(): Promise<void>;
}
