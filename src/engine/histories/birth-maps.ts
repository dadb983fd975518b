/**
 * All birth maps of a tree: for a planner that has to look further than the first.
 *
 * In: the problem, hints, a budget. Out: maps that agree with the hints, some of them twice; at the end whether there
 * are none, which is a proof, whether all were given, or whether the budget ran out.
 * The one that the search finds comes first; then for every birth that nobody gave each other ancestor, one at a time, so that a
 * single birth at fault is found soon; then everything (histories.ts).
 * Cost: about a search a map.
 */

import type { BirthMap } from '../births/birth-map.ts';
import type { BirthProblem } from '../births/birth-problem.ts';
import type { WorkBudget } from '../plan/work-budget.ts';
import { ForcedAncestors } from './forced-ancestors.ts';
import { histories } from './histories.ts';
import { MapSearch } from './search/search-map.ts';

/** Elements up to which there are others than the first. */
const MOST_ELEMENTS = 1000;

export type MapsEnd = 'none' | 'all' | 'undecided';

export function* birthMaps(
  problem: BirthProblem,
  hints: Int32Array,
  budget: WorkBudget,
): Generator<BirthMap, MapsEnd> {
  const search = new MapSearch(problem, null, budget);
  const first = search.run(hints);
  if (first.verdict !== 'found') return first.verdict;
  yield first.map;
  if (problem.size + problem.sessionCount > MOST_ELEMENTS) return 'undecided';
  const rules = new ForcedAncestors(problem, budget);
  const changed = hints.slice();
  for (let q = 1; q < problem.size; q++) {
    if (hints[q]! >= 0) continue;
    for (const x of rules.candidates(q)) {
      if (x === first.map[q]) continue;
      changed[q] = x;
      const found = search.run(changed);
      if (search.isSpent()) return 'undecided';
      if (found.verdict === 'found') yield found.map;
    }
    changed[q] = -1;
  }
  const all = yield* histories(problem, hints, (q) => rules.candidates(q), search, first.map);
  return all ? 'all' : 'undecided';
}
