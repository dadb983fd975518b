/**
 * Plan a tree with what only birth gives: the front door of this room.
 *
 * In: a tree and a request. Out: a draft, as the planner gives one. A tree that shares nothing, has no other exit
 * signal and no terminal is the planner's as it stands.
 * First the plan of the tree without all that: where it is refused, so is the tree; where its births carry the classes
 * (carry.ts), those are its plan. Else the state search decides, without execve first, then with it; what is possible
 * only with threads that live for a while, or with other exit signals, is told apart and not planned. Nothing here is
 * verified but by the request's `leadsToTree`. Over several pid namespaces the search only proposes births; those
 * with the fewest helpers are taken. Where there is no answer a few processes may still refuse the tree by themselves
 * (refused-part.ts).
 * Cost: near-linear where the births carry the classes, else within the request's budget.
 */

import { givenBirths } from '../births/given-births.ts';
import type { Decision } from '../decide/decision.ts';
import { planTree } from '../decide/plan-tree.ts';
import { helpersAtLeast } from '../plan/helpers-at-least.ts';
import { withLeft, withShare } from '../plan/work-budget.ts';
import { brokenRules } from '../planner/local-rules.ts';
import type { PlanRequest } from '../planner/plan-request.ts';
import { hasInjected, outsideNumbers } from '../tree/outside.ts';
import { UNKNOWN } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { sharedKinds } from '../tree/sharing.ts';
import { FILES, FS, NOT_TOLD } from '../tree/sharing-columns.ts';
import { AlongBirths, isBornOutside, undecided } from './along-births.ts';
import { carryingBirths } from './carrying-births.ts';
import { otherHistory } from './other-history.ts';
import { cycleOf, refusedPart } from './refused-part.ts';
import { decided, isSearchable } from './searched-plan.ts';

/** What the search may take a process, however much went to fewer helpers before: three times what one of small parts takes. */
const SEARCH_A_PROCESS = 30;

/** Over several pid namespaces births that are tried for fewer helpers get this part of the work that is left. */
const FOR_FEWER = 16;

export function planShared(tree: ProcessTree, request: PlanRequest): Decision {
  if (!givesByBirth(tree)) return planTree(tree, request);
  const broken = brokenRules(tree, outsideNumbers(tree));
  if (broken.length > 0) return { kind: 'rules', broken };
  const { options } = request;
  if (options.history > 0) {
    const first = planShared(tree, { ...request, options: { ...options, history: 0 } });
    return first.kind === 'steps' ? otherHistory(tree, request, first) : first;
  }
  if (tree.namespaces.length > 1) return planNestedShared(tree, request);
  const along = new AlongBirths(tree, request, false);
  const without = withLeft(request.budget, SEARCH_A_PROCESS * tree.size, () => along.planned(request));
  if (along.verified) return along.verified;
  if (without.kind !== 'steps' && without.kind !== 'undecided') return without;
  if (holdsByThread(tree)) return undecided('threads');
  const given = givenBirths(tree, request.options);
  const isFlat = !hasInjected(tree) && !isBornOutside(given);
  const isSearched = isFlat && isSearchable(tree, given?.hints ?? null);
  const decision = isSearched ? decided(tree, request, given) : null;
  const isOpen = !decision || (decision.kind === 'undecided' && decision.reason === 'work limit');
  if (isFlat && isOpen && refusedPart(tree, request.budget)) return { kind: 'sharing' };
  if (decision) return decision;
  return along.reason(without) ?? undecided(isFlat ? 'work limit' : 'shared resources');
}

/** Over several pid namespaces: the births of a plan, then those that the search finds for what is shared; the fewest helpers. */
function planNestedShared(tree: ProcessTree, request: PlanRequest): Decision {
  const { budget, options } = request;
  const least = helpersAtLeast(tree);
  const along = new AlongBirths(tree, request, true);
  const isBest = (): boolean => along.verified !== null && along.verified.helpers.length <= least;
  const without = withShare(budget, budget.work / 3, (share) => along.planned({ ...request, budget: share }));
  if (!along.verified) {
    if (without.kind !== 'steps' && without.kind !== 'undecided') return without;
    if (holdsByThread(tree)) return undecided('threads');
    if (cycleOf(tree)) return { kind: 'sharing' };
  }
  const given = givenBirths(tree, options);
  const hints = given?.hints ?? new Int32Array(tree.size).fill(UNKNOWN);
  if (!isBest() && !isBornOutside(given) && isSearchable(tree, hints)) {
    for (const proposal of carryingBirths(tree, hints, budget)) {
      const most = along.verified ? budget.work / FOR_FEWER : budget.work;
      withShare(budget, most, (share) => along.tryBirths(proposal, { ...request, budget: share }, hints));
      if (isBest()) break;
    }
  }
  if (along.verified) return along.verified;
  if (without.kind === 'undecided' && without.reason === 'work limit') {
    const again = along.planned(request);
    if (along.verified) return along.verified;
    if (again.kind !== 'steps' && again.kind !== 'undecided') return again;
  }
  return along.reason(without) ?? undecided('shared resources');
}

/** Does birth give something here that the planner knows nothing of? */
function givesByBirth(tree: ProcessTree): boolean {
  const { sharing } = tree;
  if (sharing === null) return false;
  if (sharing.exitSignal !== null || sharedKinds(sharing).length > 0) return true;
  return sharing.terminal?.some((device) => device > 0) ?? false;
}

/** Does a thread hold an object that is another process's too? No process can then have it for the thread. */
function holdsByThread({ size, sharing, threadOffset }: ProcessTree): boolean {
  for (const [column, classes] of [
    [sharing?.threadFiles, sharing?.classes[FILES]],
    [sharing?.threadFs, sharing?.classes[FS]],
  ] as const) {
    if (!column) continue;
    const ownerOf = new Map<number, number>();
    for (let i = 0; i < size; i++) {
      for (let t = threadOffset[i]!; t < threadOffset[i + 1]!; t++) {
        const name = column[t]!;
        if (name === NOT_TOLD) continue;
        if (name < size && classes) return true;
        const other = ownerOf.get(name);
        if (other !== undefined && other !== i) return true;
        ownerOf.set(name, i);
      }
    }
  }
  return false;
}
