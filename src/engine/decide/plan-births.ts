/**
 * Plans a tree whose births are given, or another history of it than the preferred one.
 *
 * In: its problem, what is given, how to plan it when nothing is, and how to plan it with given births. Out: a draft of which the births
 * agree with what is given, or why there is none. The draft is not verified: `disagreeingBirths` does that on the
 * simulator's own record of who called clone.
 * Cost: near-linear where all births are given, or where the preferred plan agrees with them.
 */

import type { BirthMap } from '../births/birth-map.ts';
import { checkMap, fittingMap } from '../births/check-map.ts';
import type { GivenBirths } from '../births/given-births.ts';
import { originOfMap } from '../births/map-origin.ts';
import { chooseBirths } from '../histories/choose-births.ts';
import type { PlanOptions } from '../plan/plan-options.ts';
import type { WorkBudget } from '../plan/work-budget.ts';
import type { OriginProblem } from '../planner/origin-problem.ts';
import { arrangerOf } from '../planner/schedule/one-namespace.ts';
import type { Schedule } from '../planner/schedule/schedule.ts';
import type { OutsideNumbers } from '../tree/outside.ts';
import { UNKNOWN } from '../tree/process-columns.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import type { Decision } from './decision.ts';

export interface Preferred {
  readonly draft: Decision;
  /** Null where the draft has no steps. */
  map(): BirthMap | null;
}

/** @param preferredPlan the plan that is made when nothing is given; called at most once */
export function planBirths(
  problem: OriginProblem,
  given: GivenBirths | null,
  options: PlanOptions,
  budget: WorkBudget,
  preferredPlan: () => Preferred,
  draftOfMap: (map: BirthMap) => Decision,
): Decision {
  const hints = given?.hints ?? new Int32Array(problem.size).fill(UNKNOWN);
  const full = given?.count === problem.size - 1 && options.history === 0;
  const preferred = full && checkMap(problem, hints).fault === null ? null : preferredPlan();
  if (preferred?.draft.kind === 'unreachable') return preferred.draft;
  const preferredMap = preferred?.map() ?? null;
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
export function refusedBirths(tree: ProcessTree, given: GivenBirths | null): Decision | null {
  if (given && given.faults.length > 0)
    return { kind: 'births', refusal: { kind: 'faults', faults: given.faults } };
  if (!given || given.bornOutside < 0) return null;
  const q = [...given.outside].find((p) => isAncestor(tree, tree.parent[p]!));
  if (q === undefined) return { kind: 'undecided', reason: 'born outside' };
  const message = `its parent ${tree.pid[tree.parent[q]!]} is in the image, and no init, so it was born of it or below it`;
  return { kind: 'births', refusal: { kind: 'faults', faults: [{ pid: tree.pid[q]!, caba: 0, message }] } };
}

/** Is this parent above its children by birth? An init may have adopted them, from whoever was put into its pid namespace. */
function isAncestor({ namespaces, namespace }: ProcessTree, parent: number): boolean {
  return parent !== OUTSIDE && namespaces[namespace[parent]!]!.init !== parent;
}

/** Steps of a plan with exactly these births; null where the numbers below pid_max do not suffice for the helpers. */
export function scheduleOfMap(
  tree: ProcessTree,
  outside: OutsideNumbers,
  problem: OriginProblem,
  map: BirthMap,
  options: PlanOptions,
): Schedule | null {
  const origin = originOfMap(problem, map, fittingMap(problem, map));
  const arranged = arrangerOf(tree, outside, problem, options);
  return arranged(origin, { keepBirths: true, moveDeaths: false }).schedule();
}
