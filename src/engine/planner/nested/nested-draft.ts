/** Drafts over several pid namespaces, from births that are known. Cost: that of the schedule. */

import type { Draft } from '../draft.ts';
import type { DraftSteps, PlanRequest } from '../plan-request.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { NestedTree } from './nested-tree.ts';
import { scheduleSolution } from './schedule-nested.ts';
import type { Solution } from './solution.ts';

/** Steps with exactly the births of a solution. */
export function scheduleNested(
  nested: NestedTree,
  solution: Solution,
  { options, phase }: PlanRequest,
  hidden: number,
): Draft {
  phase('schedule');
  const schedule = scheduleSolution(nested, solution, options, hidden, true);
  return typeof schedule === 'string'
    ? { kind: 'undecided', reason: schedule }
    : draftOfSchedule(schedule, hidden);
}

export function draftOfSchedule({ steps, helpers, adopts }: Schedule, hidden: number): DraftSteps {
  return { kind: 'steps', steps, helpers, adopts: adopts.subarray(hidden) };
}
