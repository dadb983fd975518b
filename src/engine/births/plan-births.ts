/**
 * Plans a tree whose births are given, or another history of it than the preferred one.
 *
 * In: its problem, what is given, how to plan it when nothing is, and how to plan it with given births. Out: a draft of which the births
 * agree with what is given, or why there is none. The draft is not verified: `disagreeingBirths` does that on the
 * simulator's own record of who called clone.
 * Cost: near-linear where all births are given, or where the preferred plan agrees with them.
 */

import type { BornAncestors } from '../kernel/born-ancestors.ts';
import type { PlanOptions } from '../plan/plan-options.ts';
import type { WorkBudget } from '../plan/work-budget.ts';
import type { Draft } from '../planner/draft.ts';
import type { OriginProblem } from '../planner/origin-problem.ts';
import { scheduleRestore } from '../planner/schedule/one-namespace.ts';
import type { Schedule } from '../planner/schedule/schedule.ts';
import type { OutsideNumbers } from '../tree/outside.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { int32s } from '../tree/scratch.ts';
import { type BirthMap, BORN_OUTSIDE, UNKNOWN } from './birth-map.ts';
import { checkMap } from './check-map.ts';
import { chooseBirths, type OrderUse } from './choose-births.ts';
import type { BirthContradiction } from './contradiction.ts';
import type { BirthOptionFault, GivenBirths } from './given-births.ts';
import { originOfMap } from './map-origin.ts';

/** What is demanded of a plan's births, and what became of their order. */
export interface BirthDemand {
  readonly hints: Int32Array;
  readonly order: OrderUse;
}

export type BirthRefusal =
  | { readonly kind: 'contradiction'; readonly contradiction: BirthContradiction }
  | { readonly kind: 'faults'; readonly faults: readonly BirthOptionFault[] };

export interface Preferred {
  readonly draft: Draft;
  /** Null where the draft has no steps. */
  readonly map: BirthMap | null;
}

/** @param preferredPlan the plan that is made when nothing is given; called at most once */
export function planBirths(
  problem: OriginProblem,
  given: GivenBirths | null,
  options: PlanOptions,
  budget: WorkBudget,
  preferredPlan: () => Preferred,
  draftOfMap: (map: BirthMap) => Draft,
): Draft {
  const hints = given?.hints ?? new Int32Array(problem.size).fill(UNKNOWN);
  const full = given?.count === problem.size - 1 && options.history === 0;
  const preferred = full && checkMap(problem, hints).fault === null ? null : preferredPlan();
  if (preferred?.draft.kind === 'unreachable') return preferred.draft;
  const preferredMap = preferred?.map ?? null;
  const wanted = { hints, order: given?.order ?? null };
  const chosen = chooseBirths(problem, wanted, options.history, preferredMap, budget);
  switch (chosen.kind) {
    case 'contradiction':
      return { kind: 'births', refusal: chosen };
    case 'absent':
      return { kind: 'undecided', reason: 'no such history' };
    case 'undecided':
      return { kind: 'undecided', reason: chosen.about };
  }
  const births = { hints, order: chosen.order };
  const draft = chosen.map === preferredMap && preferred ? preferred.draft : draftOfMap(chosen.map);
  return draft.kind === 'steps' ? { ...draft, births } : draft;
}

/** A refusal that is there before any plan: births that name nobody, or that lie outside the image. */
export function refusedBirths(tree: ProcessTree, given: GivenBirths | null): Draft | null {
  if (given && given.faults.length > 0)
    return { kind: 'births', refusal: { kind: 'faults', faults: given.faults } };
  if (!given || given.bornOutside < 0) return null;
  const q = given.bornOutside;
  if (tree.parent[q] === OUTSIDE) return { kind: 'undecided', reason: 'born outside' };
  const message = `its parent is in the tree, where everybody descends from the root ${tree.pid[0]}, which is no init`;
  return { kind: 'births', refusal: { kind: 'faults', faults: [{ pid: tree.pid[q]!, caba: 0, message }] } };
}

/** Steps of a plan with exactly these births; null where the numbers below pid_max do not suffice for the helpers. */
export function scheduleOfMap(
  tree: ProcessTree,
  outside: OutsideNumbers,
  problem: OriginProblem,
  map: BirthMap,
  options: PlanOptions,
): Schedule | null {
  const checked = checkMap(problem, map);
  if (checked.fault) throw new Error(`The chosen births do not fit: ${checked.fault}.`);
  const origin = originOfMap(problem, map, checked);
  return scheduleRestore(tree, outside, problem, checked.birth, origin, options, true);
}

/** The births of a run, as a map of the tree: a scratch column. */
export function mapOfRun(tree: ProcessTree, born: BornAncestors): BirthMap {
  const map = int32s(tree.size, -1);
  for (let row = 0; row < born.length; row++) {
    const q = tree.indexOf(born.pid[row]!);
    if (q >= 0 && born.caba[row]! > 0) map[q] = tree.indexOf(born.caba[row]!);
  }
  return map;
}

/** Processes whose closest alive born ancestor in a run is not the one that was given. */
export function disagreeingBirths(map: BirthMap, hints: Int32Array): number[] {
  const disagreeing: number[] = [];
  for (let q = 1; q < map.length; q++) {
    if (hints[q] === UNKNOWN) continue;
    const wanted = hints[q] === BORN_OUTSIDE ? -1 : hints[q];
    if (wanted !== map[q]) disagreeing.push(q);
  }
  return disagreeing;
}
