/**
 * Plan a tree: the planner's front door. Local rules, then births, then the schedule.
 *
 * In: a tree in one pid namespace and the options. Out: steps with their helpers; or why there are none. Nothing here
 * is verified: that is the simulator's business, which shares no code with this room.
 * Cost: near-linear.
 */

import type { HelperList } from '../plan/helper-list.ts';
import type { PlanOptions } from '../plan/plan-options.ts';
import type { StepList } from '../plan/step-list.ts';
import { outsideNumbers } from '../tree/outside.ts';
import { OUTSIDE, type ProcessTree, rootIsInit } from '../tree/process-tree.ts';
import type { RegionOrder } from './exact-check.ts';
import { exchangeBirths } from './exchange-births.ts';
import { findOrigin } from './find-origin.ts';
import { type BrokenRule, brokenRules } from './local-rules.ts';
import { brokenNamespaceRules } from './nested/namespace-rules.ts';
import { nestedTree } from './nested/nested-tree.ts';
import { planNested } from './nested/plan-nested.ts';
import { HIDDEN_NAMESPACES, withRestorer } from './nested/with-restorer.ts';
import { type OriginProblem, originProblem } from './origin-problem.ts';
import { originFromOrder } from './region-trees.ts';
import { type Schedule, scheduleRestore } from './schedule/schedule.ts';

export type Draft =
  | {
      readonly kind: 'steps';
      readonly steps: StepList;
      readonly helpers: HelperList;
      /** 1: a process that adopts in the plan, other than an init. */
      readonly adopts: Uint8Array;
    }
  | { readonly kind: 'rules'; readonly broken: readonly BrokenRule[] }
  /** Births contradict each other; a small conflict is to be looked for near these processes. */
  | { readonly kind: 'unreachable'; readonly processes: readonly number[]; readonly text?: string }
  | { readonly kind: 'undecided'; readonly reason: UndecidedReason };

export type UndecidedReason =
  | 'work limit'
  | 'numbers'
  | 'two classes'
  | 'creation cycle'
  | 'CLONE_PARENT'
  | 'history';

export function planTree(
  tree: ProcessTree,
  options: PlanOptions,
  phase: (name: 'origin' | 'schedule') => void,
): Draft {
  if (options.history !== 0 || Object.keys(options.births).length > 0)
    return { kind: 'undecided', reason: 'history' };
  const injected = rootIsInit(tree) && tree.parent.indexOf(OUTSIDE, 1) > 0;
  const outside = outsideNumbers(tree);
  const broken = brokenRules(tree, outside);
  if (broken.length > 0) return { kind: 'rules', broken };
  if (tree.namespaces.length > 1) {
    const nested = nestedTree(tree);
    const brokenInside = brokenNamespaceRules(tree, nested.relations, nested.sessions, nested.groups);
    if (brokenInside.length > 0) return { kind: 'rules', broken: brokenInside };
    if (!injected) return planNested(nested, options, phase);
  }
  if (injected) return planNested(nestedTree(withRestorer(tree)), options, phase, HIDDEN_NAMESPACES);

  phase('origin');
  const problem = problemOf(tree);
  const verdict = findOrigin(problem);
  if (verdict.verdict === 'unreachable') return { kind: 'unreachable', processes: verdict.processes };
  if (verdict.verdict === 'undecided') return { kind: 'undecided', reason: 'work limit' };

  phase('schedule');
  const scheduleOf = (order: RegionOrder): Schedule | null =>
    scheduleRestore(tree, outside, problem, order.birth, originFromOrder(problem, order), options);
  const schedule = exchangeBirths(problem, verdict.order, scheduleOf);
  return schedule ? { kind: 'steps', ...schedule } : { kind: 'undecided', reason: 'numbers' };
}

/** What concerns births in a tree. Whatever hangs from outside is a child of the root here. */
export function problemOf(tree: ProcessTree): OriginProblem {
  const outside = outsideNumbers(tree);
  let parent = tree.parent;
  if (parent.indexOf(OUTSIDE, 1) > 0) {
    parent = parent.slice();
    for (let i = 1; i < tree.size; i++) if (parent[i] === OUTSIDE) parent[i] = 0;
  }
  const sid = outside.sid === 0 ? tree.sid : tree.sid.map((s) => (s === outside.sid ? 0 : s));
  return originProblem(tree.size, parent, tree.pid, sid)!;
}
