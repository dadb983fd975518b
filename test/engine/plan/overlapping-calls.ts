/**
 * Calls that switch child-subreaper flags and may be made at once by two processes of which one is above the other. The
 * simulator tells who is above whom.
 */

import assert from 'node:assert/strict';
import type { Kernel } from '../../../src/engine/kernel/kernel.ts';
import { replay } from '../../../src/engine/kernel/replay.ts';
import { PRCTL, type StepList } from '../../../src/engine/plan/step-list.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import { inOrder } from './script-orders.ts';

export interface Overlaps {
  /** How often two calls were found side by side, neither process above the other. */
  besides: number;
  /** Pairs of steps: the call of the one above first. */
  wrong: [number, number][];
}

/** @param before by step: the steps that it comes after */
export function overlappingCalls(
  tree: ProcessTree,
  steps: StepList,
  before: readonly (readonly number[])[],
): Overlaps {
  const found: Overlaps = { besides: 0, wrong: [] };
  const after = closures(before);
  const calls = before.flatMap((_, step) => (steps.op[step] === PRCTL ? [step] : []));
  for (const later of calls) {
    for (const earlier of calls) {
      if (earlier >= later || after[later]!.has(earlier)) continue;
      for (const done of [soonest(after, earlier, later), latest(after, earlier, later)]) {
        const kernel = stateAfter(tree, steps, done);
        const [one, other] = [steps.actor[earlier]!, steps.actor[later]!];
        // Who gives the flag up tells nobody below.
        if (steps.value[earlier] && isAbove(kernel, one, other)) found.wrong.push([earlier, later]);
        else if (steps.value[later] && isAbove(kernel, other, one)) found.wrong.push([later, earlier]);
        else found.besides++;
      }
    }
  }
  return found;
}

/** Of each step: itself and all that it comes after. */
function closures(before: readonly (readonly number[])[]): Set<number>[] {
  const closures: Set<number>[] = [];
  before.forEach((steps, step) => {
    closures.push(new Set([step, ...steps.flatMap((earlier) => [...closures[earlier]!])]));
  });
  return closures;
}

/** What comes before both calls when they are made as early as they may be. */
function soonest(after: readonly Set<number>[], one: number, other: number): number[] {
  return [...new Set([...after[one]!, ...after[other]!])].filter((step) => step !== one && step !== other);
}

/** And when they are made as late as they may be. */
function latest(after: readonly Set<number>[], one: number, other: number): number[] {
  return after.flatMap((steps, step) => (steps.has(one) || steps.has(other) ? [] : [step]));
}

function stateAfter(tree: ProcessTree, steps: StepList, done: readonly number[]): Kernel {
  const order = done.toSorted((a, b) => a - b);
  const { kernel, refusal } = replay(tree, inOrder(steps, order));
  assert.equal(refusal, null);
  return kernel;
}

/** Is `above` over `below`, with no init of a nested namespace from `below` up to it? */
function isAbove({ state }: Kernel, above: number, below: number): boolean {
  const { processes, namespaces, numbers } = state;
  const inits = new Set(namespaces.init.subarray(0, namespaces.count));
  const wanted = numbers.outermost(above);
  for (let at = numbers.outermost(below); at !== 0 && !inits.has(at); at = processes.parent[at]!) {
    if (processes.parent[at] === wanted) return true;
  }
  return false;
}
