/**
 * Another history of a tree that shares: the n-th of those whose births carry it, beside that of the plan.
 *
 * In: a tree, a request, and the plan of history 0. Out: a plan with other births; that there are fewer histories; or that it was
 * not reached. Births are tried in the order of histories; where no plan with exactly these is found to carry what is
 * shared, the state search says whether any does, in one pid namespace.
 * Cost: about a planning for each map of births.
 */
import type { BirthMap } from '../births/birth-map.ts';
import { birthsOfSteps } from '../births/births-of-steps.ts';
import { type GivenBirths, givenBirths } from '../births/given-births.ts';
import { birthsOfOtherHistories } from '../decide/births-of-other-histories.ts';
import type { DecidedSteps, Decision } from '../decide/decision.ts';
import type { PlanRequest } from '../planner/plan-request.ts';
import { UNKNOWN } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { AlongBirths, isBornOutside, undecided } from './along-births.ts';
import { isSearchable, searchedPlan } from './searched-plan.ts';

export function otherHistory(tree: ProcessTree, request: PlanRequest, first: DecidedSteps): Decision {
  const { options, budget } = request;
  const given = givenBirths(tree, options);
  if (isBornOutside(given)) return undecided('history limit');
  const maps = birthsOfOtherHistories(tree, given, birthsOfSteps(tree, first.steps), budget);
  let left = options.history;
  let isOpen = false;
  for (;;) {
    const next = maps.next();
    if (next.done) return undecided(next.value && !isOpen ? 'no such history' : 'history limit');
    const found = plannedWith(tree, request, given, next.value);
    if (found.kind === 'steps' && --left === 0) return found;
    if (found.kind === 'undecided') isOpen = true;
  }
}

/** A plan with exactly these births, which agree with what is given; a refusal where they do not carry what is shared. */
function plannedWith(
  tree: ProcessTree,
  request: PlanRequest,
  given: GivenBirths | null,
  map: BirthMap,
): Decision {
  const isNested = tree.namespaces.length > 1;
  const along = new AlongBirths(tree, request, isNested);
  const births: Record<string, number> = {};
  for (let q = 1; q < tree.size; q++) if (map[q]! >= 0) births[tree.pid[q]!] = tree.pid[map[q]!]!;
  const options = { ...request.options, history: 0, respectCaba: false, births };
  along.planned({ ...request, options }, given?.hints ?? new Int32Array(tree.size).fill(UNKNOWN));
  if (along.verified) return along.verified;
  if (isNested || !isSearchable(tree, map)) return undecided('history limit');
  return searchedPlan(tree, request, map, given);
}
