/**
 * Histories of a tree, one after the other (docs/caba.md, section 5, ENUM), and the simplest one (SIMPLE).
 *
 * Two histories are the same where every process has the same closest alive born ancestor in both.
 * In: the problem, hints, and candidates of every process. Out: every map that agrees, once, in a fixed order:
 * lexicographic by process in canonical order; for each process its parent comes first, then ascending.
 * Invariant: every prefix that is entered leads to a map, so nothing is searched in vain but last siblings.
 * Cost: some searches a map; none where the map found last already has what is wanted next.
 */

import type { OriginProblem } from '../planner/origin-problem.ts';
import type { BirthMap } from './birth-map.ts';
import type { MapSearch } from './search-map.ts';

/** Yields maps; returns true when all were given, false when the budget of the search ran out. */
export function* histories(
  problem: OriginProblem,
  hints: Int32Array,
  candidatesOf: (process: number) => readonly number[],
  search: MapSearch,
): Generator<BirthMap, boolean> {
  const free: number[] = [];
  for (let q = 1; q < problem.size; q++) if (hints[q]! < 0) free.push(q);
  const first = search.run(hints);
  if (first.verdict !== 'found') return first.verdict === 'none';
  const prefix = hints.slice();
  const choices: (readonly number[])[] = [];
  const at: number[] = [];
  let last = first.map;
  let level = 0;
  while (level >= 0) {
    if (level === free.length) {
      yield last;
      level--;
      continue;
    }
    const q = free[level]!;
    if (choices.length === level) {
      choices.push(parentFirst(candidatesOf(q), problem.parent[q]!));
      at.push(0);
    }
    const options = choices[level]!;
    if (at[level] === options.length) {
      choices.pop();
      at.pop();
      prefix[q] = -1;
      level--;
      continue;
    }
    const x = options[at[level]++]!;
    prefix[q] = x;
    if (!agrees(last, prefix, free, level)) {
      const found = search.run(prefix);
      if (found.verdict === 'undecided') return false;
      if (found.verdict === 'none') continue;
      last = found.map;
    }
    level++;
  }
  return true;
}

/** Adopts as few as a greedy choice does: in canonical order, everybody is born of its parent where that is possible. */
export function simplestMap(
  problem: OriginProblem,
  hints: Int32Array,
  search: MapSearch,
  first: BirthMap,
): BirthMap {
  const taken = hints.slice();
  let map = first;
  for (let q = 1; q < problem.size; q++) {
    if (taken[q]! >= 0) continue;
    taken[q] = problem.parent[q]!;
    if (map[q] === taken[q]) continue;
    const found = search.run(taken);
    if (found.verdict === 'undecided') return map;
    if (found.verdict === 'found') map = found.map;
    else taken[q] = -1;
  }
  return map;
}

function parentFirst(candidates: readonly number[], parent: number): readonly number[] {
  if (!candidates.includes(parent) || candidates[0] === parent) return candidates;
  return [parent, ...candidates.filter((x) => x !== parent)];
}

/** Does the map have what is wanted up to this level? It has the levels above, since it was found with them or after. */
function agrees(map: BirthMap, prefix: Int32Array, free: readonly number[], level: number): boolean {
  for (let i = 0; i <= level; i++) if (map[free[i]!] !== prefix[free[i]!]) return false;
  return true;
}
