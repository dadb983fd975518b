/**
 * Decides on a plan for a tree: local rules first, then births, given, preferred or others, then the schedule.
 *
 * In: a tree and a request. Out: a draft, steps with their helpers or why there are none. Steps are shown to the
 * request's `leadsToTree`, which is the simulator's business and shares no code with this room; steps that do not lead
 * to the tree are never the answer.
 * Cost: near-linear, and the request's budget.
 */

import { type GivenBirths, givenBirths } from '../births/given-births.ts';
import { mapOfOrigin } from '../births/map-origin.ts';
import { DEFAULT_OPTIONS } from '../plan/plan-options.ts';
import type { WorkBudget } from '../plan/work-budget.ts';
import type { RegionOrder } from '../planner/exact-check.ts';
import { exchangeBirths } from '../planner/exchange-births.ts';
import { findOrigin, type OriginVerdict } from '../planner/find-origin.ts';
import { brokenRules } from '../planner/local-rules.ts';
import { beforeMovesBack } from '../planner/nested/moved-back.ts';
import { brokenNamespaceRules } from '../planner/nested/namespace-rules.ts';
import { nestedTree } from '../planner/nested/nested-tree.ts';
import { HIDDEN_NAMESPACES, withRestorer } from '../planner/nested/with-restorer.ts';
import type { OriginProblem } from '../planner/origin-problem.ts';
import type { PlanRequest } from '../planner/plan-request.ts';
import { problemOf } from '../planner/problem-of-tree.ts';
import { arrangerOf } from '../planner/schedule/one-namespace.ts';
import type { Arranged, Schedule } from '../planner/schedule/schedule.ts';
import { type SearchedProblem, searchedProblem } from '../planner/searched-problem.ts';
import { hasInjected, type OutsideNumbers, outsideNumbers } from '../tree/outside.ts';
import { ZOMBIE } from '../tree/process-columns.ts';
import { OUTSIDE, type ProcessTree, rootIsInit } from '../tree/process-tree.ts';
import { withScratch } from '../tree/scratch.ts';
import type { Decision } from './decision.ts';
import { type Preferred, planBirths, refusedBirths, scheduleOfMap } from './plan-births.ts';
import { planNestedBirths } from './plan-nested-births.ts';
import { planPutIn } from './plan-put-in.ts';

export function planTree(tree: ProcessTree, request: PlanRequest): Decision {
  return withScratch(() => draftOf(tree, request));
}

/** The same for a tree that is only to be decided. */
const decidedOnly = (request: PlanRequest): PlanRequest => ({
  ...request,
  leadsToTree: () => true,
  verdictOnly: true,
});

function draftOf(tree: ProcessTree, request: PlanRequest, isPart = false): Decision {
  const { options } = request;
  const given = givenBirths(tree, options);
  const decidePart = (part: ProcessTree, budget: WorkBudget): Decision =>
    draftOf(part, { ...decidedOnly(request), budget, options: DEFAULT_OPTIONS });
  const bornOutside = given !== null && given.faults.length === 0 && given.bornOutside >= 0;
  const outside = outsideNumbers(tree);
  const broken = brokenRules(tree, outside);
  if (broken.length > 0) return { kind: 'rules', broken };
  const suspects = parentsWithoutFirstThread(tree);
  if (suspects.length > 0) return { kind: 'undecided', reason: 'first thread ended', suspects };
  const nested = tree.namespaces.length > 1 ? nestedTree(tree) : null;
  const brokenInside = nested ? brokenNamespaceRules(nested) : [];
  if (brokenInside.length > 0) return { kind: 'rules', broken: brokenInside };
  const before = beforeMovesBack(tree);
  if (before) {
    const draft = draftOf(before.tree, decidedOnly(request), isPart);
    if (draft.kind !== 'steps') return draft;
    return { kind: 'undecided', reason: 'outside group', suspects: before.moved };
  }
  const isPutIn = bornOutside || hasInjected(tree);
  const question = { tree, given, decidePart };
  if (isPutIn && rootIsInit(tree)) {
    const shown = withRestorer(tree);
    return planNestedBirths({ ...question, shown, nested: null, hidden: HIDDEN_NAMESPACES }, request);
  }
  if (nested && !isPutIn) return planNestedBirths({ ...question, shown: tree, nested, hidden: 0 }, request);
  const draft = isPutIn
    ? planBeside(tree, outside, given, request, isPart)
    : planOneNamespace(tree, outside, given, request);
  if (draft.kind === 'steps' && !request.leadsToTree(draft))
    return { kind: 'undecided', reason: 'not verified' };
  return draft;
}

/** Where processes were put in beside a root that is no init. Parts of it have no such parts again. */
function planBeside(
  tree: ProcessTree,
  outside: OutsideNumbers,
  given: GivenBirths | null,
  request: PlanRequest,
  isPart: boolean,
): Decision {
  const refused = refusedBirths(tree, given);
  if (refused?.kind === 'births') return refused;
  if (isPart) return { kind: 'undecided', reason: 'born outside' };
  return planPutIn(tree, outside, given, request, (part, asked) => draftOf(part, asked, true));
}

/** Whoever the image says is a zombie, but has children: only the first thread has ended. */
function parentsWithoutFirstThread({ threadId, parent, state }: ProcessTree): number[] {
  const found = new Set<number>();
  if (threadId.length === 0) return [];
  for (const p of parent) if (p !== OUTSIDE && state[p] === ZOMBIE) found.add(p);
  return [...found];
}

function planOneNamespace(
  tree: ProcessTree,
  outside: OutsideNumbers,
  given: GivenBirths | null,
  request: PlanRequest,
): Decision {
  const { options, phase, budget } = request;
  phase('origin');
  const problem = problemOf(tree);
  const preferred = (): Preferred => preferredPlan(tree, outside, problem, request);
  if (!given && options.history === 0) return withScratch(() => preferred().draft);
  const refused = refusedBirths(tree, given);
  if (refused) return refused;
  return planBirths(problem, given, options, budget, preferred, (map) => {
    const schedule = scheduleOfMap(tree, outside, problem, map, options);
    return schedule ? { kind: 'steps', ...schedule } : { kind: 'undecided', reason: 'numbers' };
  });
}

/** The plan with the fewest helpers that was found, whatever its births are. */
function preferredPlan(
  tree: ProcessTree,
  outside: OutsideNumbers,
  problem: OriginProblem,
  { options, phase, budget, verdictOnly, plainBirths }: PlanRequest,
): Preferred {
  const searched = searchedProblem(problem);
  let found: OriginVerdict | null = null;
  const first = (): RegionOrder | null => {
    found ??= findOrigin(searched.problem, budget);
    return found.verdict === 'reachable' ? found.order : null;
  };
  const arrangeOrigin = arrangerOf(tree, outside, problem, options);
  const arrange = (order: RegionOrder, moveDeaths: boolean): Arranged => {
    phase('schedule');
    return arrangeOrigin(searched.originFrom(order), { keepBirths: false, moveDeaths });
  };
  const firstOnly = (): Schedule | null => {
    const order = first();
    return order && arrange(order, true).schedule();
  };
  const schedule = verdictOnly ? firstOnly() : exchangeBirths(searched, first, arrange, budget, plainBirths);
  if (schedule) {
    const { steps, helpers, adopts, origin } = schedule;
    return { draft: { kind: 'steps', steps, helpers, adopts }, map: () => mapOfOrigin(tree.size, origin) };
  }
  return { draft: withoutSchedule(found!, searched), map: () => null };
}

/** Why there is no plan: births were found, but no numbers for all helpers, or none were. */
function withoutSchedule(found: OriginVerdict, { was }: SearchedProblem): Decision {
  if (found.verdict === 'unreachable') return { kind: 'unreachable', processes: found.processes.map(was) };
  return { kind: 'undecided', reason: found.verdict === 'undecided' ? 'work limit' : 'numbers' };
}
