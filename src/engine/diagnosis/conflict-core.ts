/**
 * Conflict core (theory, section 7): the smallest part of an unreachable tree that is still unreachable.
 *
 * In: the origin problem of an unreachable tree and the processes its refusal was about. Out: processes such that
 * without any one of them — its children lifted to its parent — a history exists.
 * Deleting a process keeps a reachable tree reachable (theory, theorem 2), so shrinking never loses the conflict.
 * Whole runs are deleted first, then smaller ones, down to single processes. The search begins with the refusal's
 * processes and all their ancestors, which is nearly always unreachable by itself.
 * Cost: about core size × log n decisions; beyond the work limit the part found so far is given as not minimal.
 */

import { smallestOf } from '../plan/shrink.ts';
import { spend, type WorkBudget, withShare } from '../plan/work-budget.ts';
import { findOrigin } from '../planner/find-origin.ts';
import type { OriginProblem } from '../planner/origin-problem.ts';
import { liftedParents, partialProblem, withAncestors } from '../planner/partial-problem.ts';

export interface ConflictCore {
  /** Processes, the root first, parents before children. */
  readonly processes: readonly number[];
  /** Nearest process of the core above each, −1 for the root. */
  readonly parent: readonly number[];
  /** True where a process's place below its parent is a part of the conflict, not just its session. */
  readonly needsParent: readonly boolean[];
  readonly minimal: boolean;
}

/** Work of one search, and passes over its elements that one decision costs. */
const WORK = 3_000_000;
const DECISION_PASSES = 16;

export function conflictCore(
  problem: OriginProblem,
  concerned: readonly number[],
  budget: WorkBudget,
): ConflictCore {
  return withShare(budget, WORK, (share) => {
    const isUnreachable = (
      kept: readonly number[],
      work: WorkBudget,
      parents = liftedParents(problem, kept),
    ): boolean => {
      spend(work, DECISION_PASSES * kept.length);
      const part = partialProblem(problem, kept, parents);
      return part !== null && findOrigin(part, work).verdict === 'unreachable';
    };
    const { kept, minimal } = smallestOf(
      problem.size,
      [withAncestors(problem, concerned)],
      share,
      (smaller, some) => (isUnreachable(smaller, some) ? smaller : null),
    );
    const parent = liftedParents(problem, kept);
    const belowTheRoot = (i: number): number[] => parent.map((p, j) => (j === i ? 0 : p));
    const needsParent = kept.map(
      (_, i) => i > 0 && minimal && parent[i] !== 0 && !isUnreachable(kept, share, belowTheRoot(i)),
    );
    return { processes: kept, parent, needsParent, minimal };
  });
}
