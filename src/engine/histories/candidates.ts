/**
 * Candidate sets (docs/caba.md, section 4, CANDS): for every process all that may be its closest alive born ancestor.
 *
 * In: the problem, hints, and a map that agrees with them. Out: for every process its candidates, ascending, exact or,
 * where the budget ran out, with some that are not proven (`exact` false).
 * A candidate is proven by a map that has it: one found before, one that differs from it in a single place, or one
 * that the search finds; it is excluded by the static rules or by a search that ends with "none".
 * Cost: at most one search for every pair that the static rules keep.
 */

import type { BirthMap } from '../births/birth-map.ts';
import type { BirthProblem } from '../births/birth-problem.ts';
import type { ForcedAncestors } from './forced-ancestors.ts';
import type { MapSearch } from './search/search-map.ts';

export interface Candidates {
  /** By process, ascending; empty for the root. */
  readonly of: readonly (readonly number[])[];
  readonly exact: boolean;
}

export function exactCandidates(
  problem: BirthProblem,
  hints: Int32Array,
  forced: ForcedAncestors,
  search: MapSearch,
  first: BirthMap,
): Candidates {
  const { size } = problem;
  const possible = new Uint8Array(size * size);
  const witness = (map: BirthMap): void => {
    for (let q = 1; q < size; q++) possible[q * size + map[q]!] = 1;
  };
  witness(first);
  let exact = true;
  const of: number[][] = [[]];
  const changed = first.slice();
  const narrowed = hints.slice();
  for (let q = 1; q < size; q++) {
    if (hints[q]! >= 0) {
      of.push([hints[q]!]);
      continue;
    }
    const kept: number[] = [];
    for (const x of forced.candidates(q)) {
      if (!possible[q * size + x]) {
        changed[q] = x;
        const alike = search.fits(changed);
        changed[q] = first[q]!;
        if (alike) possible[q * size + x] = 1;
        else if (search.isSpent()) exact = false;
        else {
          narrowed[q] = x;
          const found = search.run(narrowed);
          if (found.verdict === 'none') continue;
          if (found.verdict === 'found') witness(found.map);
          else exact = false;
        }
      }
      kept.push(x);
    }
    narrowed[q] = -1;
    of.push(kept);
  }
  return { of, exact };
}
