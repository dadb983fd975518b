/** Orders in which a plan's steps may be carried out. */

import type { ProcessScripts } from '../../../src/engine/plan/scripts/process-scripts.ts';
import { StepList } from '../../../src/engine/plan/step-list.ts';

/** The steps that each step comes after: its own before it, and those of others that it waits for. */
export function predecessors(scripts: ProcessScripts): number[][] {
  const before: number[][] = Array.from({ length: scripts.step.length }, () => []);
  for (let script = 0; script < scripts.pid.length; script++) {
    const [from, end] = [scripts.stepOffset[script]!, scripts.stepOffset[script + 1]!];
    for (let i = from + 1; i < end; i++) before[scripts.step[i]!]!.push(scripts.step[i - 1]!);
  }
  for (let step = 0; step < before.length; step++) {
    before[step]!.push(...scripts.after.subarray(scripts.afterOffset[step], scripts.afterOffset[step + 1]));
  }
  return before;
}

/** An order of the steps that keeps to what they come after; `choose` picks among those that may go next. */
export function otherOrder(
  before: readonly (readonly number[])[],
  choose: (ready: number[]) => number,
): number[] {
  const waiting = before.map(({ length }) => length);
  const followers: number[][] = before.map(() => []);
  before.forEach((steps, step) => {
    for (const earlier of steps) followers[earlier]!.push(step);
  });
  const ready = waiting.flatMap((count, step) => (count === 0 ? [step] : []));
  const order: number[] = [];
  while (ready.length > 0) {
    const [step] = ready.splice(choose(ready), 1);
    order.push(step!);
    for (const follower of followers[step!]!) if (--waiting[follower]! === 0) ready.push(follower);
  }
  return order;
}

export function inOrder(steps: StepList, order: readonly number[]): StepList {
  const reordered = new StepList(order.length);
  reordered.length = order.length;
  reordered.inner = steps.inner;
  reordered.innerLength = steps.innerLength;
  for (const column of ['op', 'actor', 'object', 'value', 'flags'] as const) {
    order.forEach((from, to) => {
      reordered[column][to] = steps[column][from]!;
    });
  }
  return reordered;
}
