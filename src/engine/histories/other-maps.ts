/**
 * All maps of births but one that is known, once, in the order of histories (histories.ts).
 *
 * In: a problem of at most STATIC_ELEMENTS elements, what is given, a map that agrees with it, a budget. Out: the others; at the
 * end whether these were all. Cost: about a search a map.
 */

import type { BirthMap } from '../births/birth-map.ts';
import type { BirthProblem } from '../births/birth-problem.ts';
import type { GivenBirths } from '../births/given-births.ts';
import type { WorkBudget } from '../plan/work-budget.ts';
import { ForcedAncestors, STATIC_ELEMENTS } from './forced-ancestors.ts';
import { histories } from './histories.ts';
import { MapSearch } from './search/search-map.ts';

export function* otherMaps(
  problem: BirthProblem,
  { hints, order }: Pick<GivenBirths, 'hints' | 'order'>,
  known: BirthMap,
  budget: WorkBudget,
): Generator<BirthMap, boolean> {
  if (problem.size + problem.sessionCount > STATIC_ELEMENTS) return false;
  const rules = new ForcedAncestors(problem, budget);
  const search = new MapSearch(problem, order, budget);
  const sequence = histories(problem, hints, (q) => rules.candidates(q), search, known);
  sequence.next();
  return yield* sequence;
}
