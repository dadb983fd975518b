/**
 * Births of a tree but those of one history, one map after the other, whatever is shared.
 *
 * In: a tree whose local rules hold, what is given of its births, and the births that are known. Out: every other map that
 * agrees with what is given, once, in the order of histories; at the end whether these were all.
 * Cost: about a search a map, within the budget.
 */

import type { BirthMap } from '../births/birth-map.ts';
import { followsOrder } from '../births/birth-order.ts';
import type { GivenBirths } from '../births/given-births.ts';
import { birthProblem } from '../births/nested-problem.ts';
import { otherMaps } from '../histories/other-maps.ts';
import type { WorkBudget } from '../plan/work-budget.ts';
import { hasInjected } from '../tree/outside.ts';
import { UNKNOWN } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';

export function* birthsOfOtherHistories(
  tree: ProcessTree,
  given: GivenBirths | null,
  known: BirthMap,
  budget: WorkBudget,
): Generator<BirthMap, boolean> {
  const problem = hasInjected(tree) ? null : birthProblem(tree);
  if (!problem) return false;
  const hints = given?.hints ?? new Int32Array(tree.size).fill(UNKNOWN);
  const order = given?.order && followsOrder(given.order, known) ? given.order : null;
  return yield* otherMaps(problem, { hints, order }, known, budget);
}
