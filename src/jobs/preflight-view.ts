/**
 * A plan held against a target that is still the text of a body: what is large is read and judged on one thread, and
 * what comes back is bounded.
 */

import { type Conflict, preflight } from '../engine/plan/preflight.ts';
import { type Judgement, judge } from '../engine/requirements/judge.ts';
import { requirementsOf } from '../engine/requirements/requirements.ts';
import type { Surroundings } from '../engine/requirements/surroundings.ts';
import type { TargetFacts } from '../engine/requirements/target.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { ReadError } from '../formats/read-error.ts';
import { readTarget } from '../formats/read-target.ts';
import { stepsFromBytes } from '../store/step-bytes.ts';
import type { PlanHead } from './make-plan.ts';
import type { ViewedPlan } from './plan-view.ts';
import { bodyProblem } from './read-problems.ts';

export interface JudgedPlan {
  readonly judgement: Judgement;
  /** Release of CRIU that the target has. */
  readonly criu: string | undefined;
  /** Taken numbers that a plan with other helpers has to avoid; null: no other plan would help. */
  readonly inTheWay: readonly number[] | null;
}

/** @throws Problem what is wrong with the body, and where */
export function preflightOfPlan(
  tree: ProcessTree,
  plan: ViewedPlan,
  body: Uint8Array,
  surroundings: Surroundings | null,
): JudgedPlan {
  const target = targetOf(body);
  const { helpers, options } = JSON.parse(plan.head) as PlanHead;
  const ofPlan = preflight(tree, stepsFromBytes(plan.steps), helpers, target);
  const judgement = judge(requirementsOf(tree, surroundings), ofPlan, target);
  const avoidable = target.occupiedPids !== undefined && ofPlan.some(isOfHelpers);
  return {
    judgement,
    criu: target.criu,
    inTheWay: avoidable
      ? numbersInTheWay(tree, target.occupiedPids, options.helperPidMin, helpers.length)
      : null,
  };
}

function isOfHelpers({ code, detail }: Conflict): boolean {
  return code === 'PID_CONFLICT' && detail.kind === 'helpers';
}

/** Twice as many processes as a machine has at its usual limit. */
const MOST_IN_THE_WAY = 65_536;

/**
 * Helpers get the lowest free numbers from `from` on, so that those above the last that is wanted are in nobody's way.
 * Another plan may have some helpers more.
 */
function numbersInTheWay(
  tree: ProcessTree,
  occupied: readonly number[],
  from: number,
  helpers: number,
): readonly number[] | null {
  const taken = Int32Array.from(new Set(occupied)).sort();
  const wanted = 2 * helpers + tree.size + tree.threadId.length;
  let end = 0;
  for (let free = 0, number = from; end < taken.length; end++) {
    free += Math.max(0, taken[end]! - number);
    if (free > wanted) break;
    number = Math.max(number, taken[end]! + 1);
  }
  return end > MOST_IN_THE_WAY ? null : Array.from(taken.subarray(0, end));
}

function targetOf(body: Uint8Array): TargetFacts {
  try {
    return readTarget(body);
  } catch (error) {
    throw error instanceof ReadError ? bodyProblem(error) : error;
  }
}
