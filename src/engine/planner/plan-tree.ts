/**
 * Plan a tree: the planner's front door. Local rules, then births, then the schedule.
 *
 * In: a tree and the options. Out: a draft, steps with their helpers or why there are none. Nothing here is verified:
 * that is the simulator's business, which shares no code with this room.
 * Cost: near-linear.
 */

import { planWithAnotherBirth } from '../births/another-birth.ts';
import { belowRestorer, demandedBirths, shifted } from '../births/births-below-restorer.ts';
import { checkMap } from '../births/check-map.ts';
import { type GivenBirths, givenBirths } from '../births/given-births.ts';
import { mapOfNestedOrigin, mapOfOrigin } from '../births/map-origin.ts';
import { nestedOriginOfMap } from '../births/nested-map-origin.ts';
import { knownBoundaryBirths, nestedProblem } from '../births/nested-problem.ts';
import { type Preferred, planBirths, refusedBirths, scheduleOfMap } from '../births/plan-births.ts';
import type { PlanOptions } from '../plan/plan-options.ts';
import { needsTwoOutsideGroups, type OutsideNumbers, outsideNumbers } from '../tree/outside.ts';
import { OUTSIDE, type ProcessTree, rootIsInit } from '../tree/process-tree.ts';
import { withScratch } from '../tree/scratch.ts';
import { treePart } from '../tree/tree-part.ts';
import type { Draft } from './draft.ts';
import type { RegionOrder } from './exact-check.ts';
import { exchangeBirths } from './exchange-births.ts';
import { findOrigin } from './find-origin.ts';
import { brokenRules } from './local-rules.ts';
import { brokenNamespaceRules } from './nested/namespace-rules.ts';
import { nestedTree } from './nested/nested-tree.ts';
import { planNested, scheduleNested } from './nested/plan-nested.ts';
import { HIDDEN_NAMESPACES, withRestorer } from './nested/with-restorer.ts';
import type { OriginProblem } from './origin-problem.ts';
import { problemOf } from './problem-of-tree.ts';
import { originFromOrder } from './region-trees.ts';
import { type Schedule, scheduleRestore } from './schedule/schedule.ts';

export function planTree(
  tree: ProcessTree,
  options: PlanOptions,
  phase: (name: 'origin' | 'schedule') => void,
): Draft {
  return withScratch(() => draftOf(tree, options, phase));
}

function draftOf(
  tree: ProcessTree,
  options: PlanOptions,
  phase: (name: 'origin' | 'schedule') => void,
): Draft {
  const given = givenBirths(tree, options);
  const bornOutside = given !== null && given.faults.length === 0 && given.bornOutside >= 0;
  const injected = rootIsInit(tree) && (bornOutside || tree.parent.indexOf(OUTSIDE, 1) > 0);
  const outside = outsideNumbers(tree);
  const broken = brokenRules(tree, outside);
  if (broken.length > 0) return { kind: 'rules', broken };
  if (tree.namespaces.length > 1) {
    const nested = nestedTree(tree);
    const brokenInside = brokenNamespaceRules(tree, nested.relations, nested.sessions, nested.groups);
    if (brokenInside.length > 0) return { kind: 'rules', broken: brokenInside };
    if (!injected) return planNestedBirths(tree, tree, given, options, phase, 0);
  }
  if (injected) return planNestedBirths(tree, withRestorer(tree), given, options, phase, HIDDEN_NAMESPACES);

  if (needsTwoOutsideGroups(tree, outside)) return { kind: 'undecided', reason: 'two classes' };

  phase('origin');
  const problem = problemOf(tree);
  const preferred = (): Preferred => preferredPlan(tree, outside, problem, options, phase);
  if (!given && options.history === 0) return preferred().draft;
  const refused = refusedBirths(given);
  if (refused) return refused;
  return planBirths(problem, given, options, preferred, (map) => {
    const schedule = scheduleOfMap(tree, outside, problem, map, options);
    return schedule ? { kind: 'steps', ...schedule } : { kind: 'undecided', reason: 'numbers' };
  });
}

/**
 * The same over several pid namespaces.
 * @param shown `tree`, or that with the restorer above it, in `hidden` namespaces that no plan shows
 */
function planNestedBirths(
  tree: ProcessTree,
  shown: ProcessTree,
  given: GivenBirths | null,
  options: PlanOptions,
  phase: (name: 'origin' | 'schedule') => void,
  hidden: number,
): Draft {
  const nested = nestedTree(shown);
  const refused = refusedBirths(hidden > 0 && given ? { ...given, bornOutside: -1 } : given);
  if (refused) return refused;
  let known: Preferred | undefined;
  const preferred = (): Preferred => {
    if (known) return known;
    const { draft, origin } = planNested(nested, options, phase, hidden);
    const map = origin && mapOfNestedOrigin(shown.size, origin);
    known = { draft: hidden > 0 ? draft : refutedByPart(tree, options, draft), map };
    return known;
  };
  if (!given && options.history === 0) return preferred().draft;
  const boundary = knownBoundaryBirths(nested);
  const problem = boundary && nestedProblem(nested, boundary);
  if (!boundary || !problem) return preferred().draft;
  const wanted = given && belowRestorer(tree, given, options, hidden);
  const planWith = (births: GivenBirths | null): Draft =>
    planBirths(problem, births, options, preferred, (map) => {
      const checked = checkMap(problem, map);
      if (checked.fault) throw new Error(`The chosen births do not fit: ${checked.fault}.`);
      const solution = nestedOriginOfMap(nested, problem, map, checked);
      if (!solution) return { kind: 'undecided', reason: 'nested births' };
      return scheduleNested(nested, solution, options, phase, hidden);
    });
  let draft = planWith(wanted);
  if (wanted && options.history === 0 && draft.kind === 'undecided' && draft.reason === 'nested births') {
    const another = planWithAnotherBirth(problem, wanted.hints, (hints) => planWith({ ...wanted, hints }));
    draft = another ?? draft;
  }
  if (draft.kind === 'births' && hidden > 0) return { ...draft, refusal: shifted(draft.refusal, hidden) };
  if (draft.kind !== 'steps' || !draft.births || !given) return draft;
  return { ...draft, births: { ...draft.births, hints: demandedBirths(tree, given, options) } };
}

/** Processes of an undecided nested tree up to which its parts are tried. */
const PARTS_TRIED = 60;

/** An undecided tree is unreachable if it is so without one of its processes (namespaces.md, theorem N2). */
function refutedByPart(tree: ProcessTree, options: PlanOptions, draft: Draft): Draft {
  if (draft.kind !== 'undecided' || draft.reason !== 'work limit' || tree.size > PARTS_TRIED) return draft;
  for (let i = 1; i < tree.size; i++) {
    const kept = Array.from({ length: tree.size }, (_, k) => k).filter((k) => k !== i);
    const part = treePart(tree, kept);
    if (!part || part.namespaces.length === 1) continue;
    const nested = nestedTree(part);
    const found = planNested(nested, options, () => {}).draft;
    if (found.kind === 'unreachable') {
      const processes = found.processes.map((p) => tree.indexOf(part.pid[p]!));
      return { ...found, processes };
    }
  }
  return draft;
}

/** The plan with the fewest helpers that was found, whatever its births are. */
function preferredPlan(
  tree: ProcessTree,
  outside: OutsideNumbers,
  problem: OriginProblem,
  options: PlanOptions,
  phase: (name: 'origin' | 'schedule') => void,
): Preferred {
  const verdict = findOrigin(problem);
  if (verdict.verdict === 'unreachable')
    return { draft: { kind: 'unreachable', processes: verdict.processes }, map: null };
  if (verdict.verdict === 'undecided')
    return { draft: { kind: 'undecided', reason: 'work limit' }, map: null };

  phase('schedule');
  const scheduleOf = (order: RegionOrder): Schedule | null =>
    scheduleRestore(tree, outside, problem, order.birth, originFromOrder(problem, order), options);
  const schedule = exchangeBirths(problem, verdict.order, scheduleOf);
  return schedule
    ? {
        draft: { kind: 'steps', steps: schedule.steps, helpers: schedule.helpers, adopts: schedule.adopts },
        map: mapOfOrigin(tree.size, schedule.origin),
      }
    : { draft: { kind: 'undecided', reason: 'numbers' }, map: null };
}
