/** A set of trees that the digest plans, each with its options; the order never changes. */

import type { PlanOptions } from '../../src/engine/plan/plan-options.ts';
import type { ProcessTree } from '../../src/engine/tree/process-tree.ts';

export interface Case {
  /** Made when it is asked for, since a quick run skips most. */
  readonly tree: () => ProcessTree | Promise<ProcessTree>;
  readonly options: Partial<PlanOptions>;
}

export interface PlannedSet {
  readonly name: string;
  readonly cases: () => Iterable<Case>;
  /** A quick run takes one of that many. */
  readonly every: number;
}
