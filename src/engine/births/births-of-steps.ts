/** Births of the image that the steps of a plan make: the creators, past helpers. Cost: O(steps). */

import { CLONE3, type StepList } from '../plan/step-list.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import type { BirthMap } from './birth-map.ts';

export function birthsOfSteps(tree: ProcessTree, steps: StepList): BirthMap {
  const map = new Int32Array(tree.size).fill(-1);
  const aboveHelper = new Map<number, number>();
  for (let i = 0; i < steps.length; i++) {
    if (steps.op[i] !== CLONE3) continue;
    const by = steps.actor[i]!;
    const creator = tree.indexOf(by);
    const above = creator >= 0 ? creator : (aboveHelper.get(by) ?? -1);
    const child = tree.indexOf(steps.object[i]!);
    if (child >= 0) map[child] = above;
    else aboveHelper.set(steps.object[i]!, above);
  }
  return map;
}
