/**
 * Stays in process groups: which step begins a process's stay in a group, and which ends it.
 *
 * In: the steps of a plan that runs. Out: for each step that puts a process into a group (clone3, setsid, setpgid) the
 * index of the step that takes it out again, FOREVER where none does.
 * Cost: O(steps).
 */

import { NONE } from '../../tree/child-lists.ts';
import { CLONE3, SETPGID, SETSID, type StepList, WAIT4 } from '../step-list.ts';
import type { PlanProcesses } from './process-table.ts';

export const FOREVER = 0x7fffffff;

export function groupStays(steps: StepList, { slots, slotOf }: PlanProcesses): Int32Array {
  const endOf = new Int32Array(steps.length).fill(FOREVER);
  const entry = new Int32Array(slots).fill(NONE);
  const move = (slot: number, step: number): void => {
    const before = entry[slot]!;
    if (before !== NONE) endOf[before] = step;
    entry[slot] = step;
  };
  for (let i = 0; i < steps.length; i++) {
    switch (steps.op[i]) {
      case CLONE3:
        entry[slotOf(steps.object[i]!)] = i;
        break;
      case SETSID:
        move(slotOf(steps.actor[i]!), i);
        break;
      case SETPGID:
        move(slotOf(steps.object[i]!), i);
        break;
      case WAIT4:
        move(slotOf(steps.object[i]!), i);
    }
  }
  return endOf;
}
