/**
 * Chooses the births that a plan is made from, where something is known about them or another history is asked for.
 *
 * In: the problem of a tree, given births, the number of the history, and the preferred births: those of the plan that
 * is made when nothing is given, which has the fewest helpers. Out: a map that agrees with what is given; or a proof
 * that none does; or "undecided".
 *
 * History 0 is the first of these that fits: the preferred births; these with the given ones put in; everybody born of
 * its parent but for the given ones; the one that the search finds, with births from the parent wherever that is
 * possible (on trees of up to SIMPLE_SIZE processes). Histories 1, 2, … are all others, lexicographically by process in
 * canonical order: for each process its ancestor in history 0 first, then its parent, then by ascending index.
 * An order of births that no history fits is put aside and said so; it is evidence, births are demands.
 * Cost: O(n) where one of the first three fits; else about one search. History n: about n checks or searches more.
 */

import type { BirthMap } from '../births/birth-map.ts';
import { type BirthOrder, followsOrder } from '../births/birth-order.ts';
import type { BirthProblem } from '../births/birth-problem.ts';
import { checkMap } from '../births/check-map.ts';
import { agreesWith, type GivenBirths } from '../births/given-births.ts';
import { type WorkBudget, withShare } from '../plan/work-budget.ts';
import { type BirthContradiction, birthContradiction, impossibleAlone } from './contradiction.ts';
import { simplestMap } from './histories.ts';
import { otherMaps } from './other-maps.ts';
import { MapSearch } from './search/search-map.ts';

export type ChosenBirths =
  | {
      readonly kind: 'map';
      /** The preferred one itself, where that fits. */
      readonly map: BirthMap;
      readonly order: OrderUse;
    }
  | { readonly kind: 'contradiction'; readonly contradiction: BirthContradiction }
  | { readonly kind: 'undecided'; readonly about: 'births' | 'history limit' }
  /** There are fewer histories. */
  | { readonly kind: 'absent' };

/** Does the map follow the order of births; and if not, because no map does, or because none was found in time? */
export type OrderUse = 'none given' | 'followed' | 'contradicts' | 'work limit';

const SIMPLE_SIZE = 200;
/** Elements looked at, for births that are demanded, and for an order that is only evidence. */
const SEARCH_WORK = 10_000_000;
const ORDER_WORK = 1_000_000;

/** @param preferred null where no plan without hints was found; the tree may still be reachable */
export function chooseBirths(
  problem: BirthProblem,
  { hints, order }: Pick<GivenBirths, 'hints' | 'order'>,
  history: number,
  preferred: BirthMap | null,
  budget: WorkBudget,
): ChosenBirths {
  const choose = (kept: BirthOrder | null): Chosen =>
    chooseInOrder(problem, hints, kept, history, preferred, budget);
  if (!order) return withUse(choose(null), 'none given');
  const chosen = followsOrder(order, problem.parent) ? choose(order) : NO_HISTORY;
  if (chosen.kind === 'map' || chosen.kind === 'absent') return withUse(chosen, 'followed');
  return withUse(choose(null), chosen.kind === 'contradiction' ? 'contradicts' : 'work limit');
}

type Chosen = { readonly kind: 'map'; readonly map: BirthMap } | Exclude<ChosenBirths, { kind: 'map' }>;

function withUse(chosen: Chosen, order: OrderUse): ChosenBirths {
  return chosen.kind === 'map' ? { ...chosen, order } : chosen;
}

/** Said of an order only, where nobody asks why. */
const NO_HISTORY = {
  kind: 'contradiction',
  contradiction: { core: [], minimal: false, possible: null, because: null },
} as const;

function chooseInOrder(
  problem: BirthProblem,
  hints: Int32Array,
  order: BirthOrder | null,
  history: number,
  preferred: BirthMap | null,
  budget: WorkBudget,
): Chosen {
  const work = order ? ORDER_WORK : SEARCH_WORK;
  const first = withShare(budget, work, (share) => firstHistory(problem, hints, order, preferred, share));
  if (first === 'none') {
    if (order) return NO_HISTORY;
    return { kind: 'contradiction', contradiction: birthContradiction(problem, hints, budget) };
  }
  if (first === 'undecided') return { kind: 'undecided', about: 'births' };
  if (history === 0) return { kind: 'map', map: first };
  return withShare(budget, SEARCH_WORK, (share) => nthHistory(problem, hints, order, history, first, share));
}

function nthHistory(
  problem: BirthProblem,
  hints: Int32Array,
  order: BirthOrder | null,
  history: number,
  first: BirthMap,
  budget: WorkBudget,
): Chosen {
  const sequence = otherMaps(problem, { hints, order }, first, budget);
  for (let k = 1; ; k++) {
    const next = sequence.next();
    if (next.done) return next.value ? { kind: 'absent' } : { kind: 'undecided', about: 'history limit' };
    if (k === history) return { kind: 'map', map: next.value.slice() };
  }
}

function firstHistory(
  problem: BirthProblem,
  hints: Int32Array,
  order: BirthOrder | null,
  preferred: BirthMap | null,
  budget: WorkBudget,
): BirthMap | 'none' | 'undecided' {
  const follows = (map: BirthMap): boolean => !order || followsOrder(order, map);
  if (preferred && agreesWith(hints, preferred) && follows(preferred)) return preferred;
  for (const base of [preferred, problem.parent]) {
    if (!base) continue;
    const map = hints.map((x, q) => (x >= 0 ? x : base[q]!));
    if (checkMap(problem, map, order).fault === null) return map;
  }
  if (hints.indexOf(-1, 1) < 0 || impossibleAlone(problem, hints, budget) >= 0) return 'none';
  const search = new MapSearch(problem, order, budget);
  const found = search.run(hints);
  if (found.verdict !== 'found') return found.verdict;
  return problem.size <= SIMPLE_SIZE ? simplestMap(problem, hints, search, found.map) : found.map;
}
