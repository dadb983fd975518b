/**
 * The one loop that makes a set smaller as long as something stays true of it: conflicts, contradictions, proofs.
 *
 * In: a set, as a list, of which the first `fixed` stay; and what says of a smaller one whether it still holds. Out: a
 * set from which nothing can be taken alone, where the budget lasted.
 * Whole runs are taken away first, then smaller ones, down to one at a time: few tries where little is left in the end.
 * Cost: about size of the result × log n tries.
 */

import { isSpent, type WorkBudget, withShare } from './work-budget.ts';

/** @param still what is kept of a smaller set, if it still holds; null: it does not */
export function shrunk<T>(
  whole: readonly T[],
  fixed: number,
  budget: WorkBudget,
  still: (smaller: readonly T[]) => readonly T[] | null,
): readonly T[] {
  let kept = whole;
  let run = kept.length >> 1 || 1;
  while (!isSpent(budget)) {
    const before = kept.length;
    for (let from = kept.length - run; from > -run && !isSpent(budget); from -= run) {
      const first = Math.max(fixed, from);
      const smaller = kept.filter((_, i) => i < first || i >= from + run);
      if (smaller.length < kept.length) kept = still(smaller) ?? kept;
    }
    if (run === 1 && kept.length === before) break;
    run = Math.min(run > 1 ? run >> 1 : 1, kept.length >> 1) || 1;
  }
  return kept;
}

export interface SmallestPart {
  /** Ascending, the root first. */
  readonly kept: readonly number[];
  /** Nothing can be taken away alone. */
  readonly minimal: boolean;
}

/** Most work of one try: one part may be a thousand times as hard as those around it. */
const WORK_OF_A_TRY = 400_000;

/**
 * The smallest part of `size` processes, of which the root stays: begun with the first of `parts` that holds by itself,
 * else with all.
 * @param still spends of its own share; where that ends, the smaller part is not known to hold
 */
export function smallestOf(
  size: number,
  parts: readonly (readonly number[])[],
  budget: WorkBudget,
  still: (smaller: readonly number[], share: WorkBudget) => readonly number[] | null,
): SmallestPart {
  let kept = Array.from({ length: size }, (_, i) => i) as readonly number[];
  let unknown = false;
  const tried = (smaller: readonly number[]): readonly number[] | null =>
    withShare(budget, WORK_OF_A_TRY, (share) => {
      const left = still(smaller, share);
      if (left) kept = left;
      // Each one is tried alone after all larger runs.
      const alone = smaller.length === kept.length - 1;
      unknown = left === null && alone && (unknown || isSpent(share));
      return left;
    });
  parts.some((part) => tried(part) !== null);
  kept = shrunk(kept, 1, budget, tried);
  return { kept, minimal: !unknown && !isSpent(budget) };
}
