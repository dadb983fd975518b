/**
 * Timeline: a plan as events, for those who want to see it played: what each step changes, and why it is there.
 *
 * In: a tree, the steps and helpers of its verified plan, and which steps to tell. Out: the root before step 0, and an
 * event a step. Applied in order the effects lead from the root alone to the tree of the image.
 * Cost: two runs of the plan's steps up to the last one told.
 */

import { Kernel } from '../kernel/kernel.ts';
import { bootOf } from '../kernel/replay.ts';
import type { HelperList } from '../plan/helper-list.ts';
import type { Step } from '../plan/step.ts';
import type { StepList } from '../plan/step-list.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { type Effect, runStep } from './effects.ts';
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
  /** The root as it is before step 0. */
  readonly root: { readonly pid: number; readonly pgid: number; readonly sid: number };
  readonly events: readonly TimelineEvent[];
}

export function timeline(
  tree: ProcessTree,
  steps: StepList,
  helpers: HelperList,
  from = 0,
  to = steps.length,
): Timeline {
  const reasons = new StepReasons(tree, steps, helpers, planHistory(tree, steps));
  const kernel = new Kernel({ ...bootOf(tree), births: tree.size + helpers.length });
  const { number, group, session } = kernel.state.processes;
  const row = kernel.state.find(tree.pid[0]!);
  const root = { pid: tree.pid[0]!, pgid: number[group[row]!]!, sid: number[session[row]!]! };

  kernel.run(steps, 0, from);
  const events: TimelineEvent[] = [];
  for (let index = from; index < to; index++) {
    events.push({
      index,
      step: steps.at(index),
      effects: runStep(kernel, steps, index),
      reasons: reasons.of(index).map((reason) => ({ ...reason, text: sayReason(reason) })),
    });
  }
  return { root, events };
}
