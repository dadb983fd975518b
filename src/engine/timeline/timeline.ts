/**
 * Timeline: a plan as events, for those who want to see it played: what each step changes, and why it is there.
 *
 * In: a tree, the steps and helpers of its verified plan, and which steps to tell. Out: the root before step 0, and an
 * event a step. Applied in order the effects lead from the root alone to the tree of the image.
 * Cost: one run of the plan, since a step is explained by what comes after it.
 */

import { Kernel } from '../kernel/kernel.ts';
import { bootOf } from '../kernel/replay.ts';
import type { HelperList } from '../plan/helper-list.ts';
import type { Step } from '../plan/step.ts';
import type { StepList } from '../plan/step-list.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import type { Effect } from './effects.ts';
import { planHistory } from './plan-history.ts';
import { sayReason } from './reason-words.ts';
import { type Reason, StepReasons } from './step-reasons.ts';

export interface TimelineEvent {
  /** Index of the step. */
  readonly index: number;
  readonly step: Step;
  readonly effects: readonly Effect[];
  readonly reasons: readonly (Reason & { readonly text: string })[];
}

export interface Timeline {
  /** The root as it is before step 0; `ttyNr` 0: without a terminal. */
  readonly root: {
    readonly pid: number;
    readonly pgid: number;
    readonly sid: number;
    readonly ttyNr: number;
  };
  readonly events: readonly TimelineEvent[];
}

export function timeline(
  tree: ProcessTree,
  steps: StepList,
  helpers: HelperList,
  from = 0,
  to = steps.length,
): Timeline {
  const told: (readonly Effect[])[] = [];
  const history = planHistory(tree, steps, (step, effects) => {
    if (step >= from && step < to) told.push(effects);
  });
  const reasons = new StepReasons(tree, steps, helpers, history);
  const events = told.map((effects, at) => ({
    index: from + at,
    step: steps.at(from + at),
    effects,
    reasons: reasons.of(from + at, effects).map((reason) => ({ ...reason, text: sayReason(reason) })),
  }));
  return { root: rootBefore(tree), events };
}

function rootBefore(tree: ProcessTree): Timeline['root'] {
  const kernel = new Kernel(bootOf(tree));
  const { number, group, session } = kernel.state.processes;
  const row = kernel.state.find(tree.pid[0]!);
  return {
    pid: tree.pid[0]!,
    pgid: number[group[row]!]!,
    sid: number[session[row]!]!,
    ttyNr: kernel.state.sharing?.terminal[row] ?? 0,
  };
}
