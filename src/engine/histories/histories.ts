/**
 * Histories of a tree, one after the other (docs/caba.md, section 5, ENUM), and the simplest one (SIMPLE).
 *
 * Two histories are the same where every process has the same closest alive born ancestor in both.
 * In: the problem, hints, and candidates of every process. Out: every map that agrees, once, in a fixed order:
 * lexicographic by process in canonical order; for each process its ancestor in the base history comes first, if there
 * is one (so that the base comes first of all), then its parent, then ascending.
 * Invariant: every prefix that is entered leads to a map, so nothing is searched in vain but last siblings.
 * Cost: a check for every choice; a search only where the map found last neither has it nor fits with it put in.
 */

import type { BirthMap } from '../births/birth-map.ts';
import type { BirthProblem } from '../births/birth-problem.ts';
import type { MapSearch, SearchVerdict } from './search/search-map.ts';

/** Yields maps; returns true when all were given, false when the budget of the search ran out. */
export function* histories(
  problem: BirthProblem,
  hints: Int32Array,
  candidatesOf: (process: number) => readonly number[],
  search: MapSearch,
  base: BirthMap | null = null,
): Generator<BirthMap, boolean> {
  const free: number[] = [];
  for (let q = 1; q < problem.size; q++) if (hints[q]! < 0) free.push(q);
  const first: SearchVerdict = base ? { verdict: 'found', map: base } : search.run(hints);
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
      const preferred = base ? [base[q]!, problem.parent[q]!] : [problem.parent[q]!];
      choices.push(inOrder(candidatesOf(q), preferred));
      at.push(0);
    }
    const options = choices[level]!;
    const tried = at[level]!;
    if (tried === options.length) {
      choices.pop();
      at.pop();
      prefix[q] = -1;
      level--;
      continue;
    }
    at[level] = tried + 1;
    const x = options[tried]!;
    prefix[q] = x;
    // The last map agrees with the prefix above this level: it was found with it, or below it.
    if (last[q] !== x) {
      const found = nextMap(last, prefix, q, search);
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
  problem: BirthProblem,
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
    const found = nextMap(map, taken, q, search);
    if (found.verdict === 'undecided') return map;
    if (found.verdict === 'found') map = found.map;
    else taken[q] = -1;
  }
  return map;
}

function inOrder(candidates: readonly number[], preferred: readonly number[]): readonly number[] {
  const first = [...new Set(preferred)].filter((x) => candidates.includes(x));
  return [...first, ...candidates.filter((x) => !first.includes(x))];
}

/** A map that agrees with the hints: the last one with the new hint, that of q, put in, or one that is searched for. */
function nextMap(last: BirthMap, hints: Int32Array, q: number, search: MapSearch): SearchVerdict {
  if (search.isSpent()) return { verdict: 'undecided' };
  const map = last.slice();
  map[q] = hints[q]!;
  return search.fits(map) ? { verdict: 'found', map } : search.run(hints);
}
