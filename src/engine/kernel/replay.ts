/**
 * Replay: boots the simulator as an image demands and runs all steps of a plan.
 *
 * In: a tree (only for what exists before step 0, and its thread ids) and steps. Out: the kernel at the end or at the
 * refused step. Invariant: the tree is no hint for the run; what comes out is compared elsewhere. Cost: that of the run.
 */

import type { StepList } from '../plan/step-list.ts';
import { outsideNumbers } from '../tree/outside.ts';
import { type ProcessTree, rootIsInit } from '../tree/process-tree.ts';
import { type Boot, PID_MAX } from './boot.ts';
import { Kernel, type Refusal } from './kernel.ts';

export interface Replay {
  readonly kernel: Kernel;
  /** Steps that were executed. */
  readonly executed: number;
  readonly refusal: Refusal | null;
}

/** @param to the first step that is not run */
export function replay(tree: ProcessTree, steps: StepList, to = steps.length): Replay {
  const kernel = new Kernel({ ...bootOf(tree), births: steps.births(0, to) });
  const refusal = kernel.run(steps, 0, to);
  return { kernel, executed: refusal ? refusal.step : to, refusal };
}

/** What exists before step 0 of a plan for this image. */
export function bootOf(tree: ProcessTree): Boot {
  const outside = outsideNumbers(tree);
  const threads =
    tree.threadId.length > 0 ? { pid: tree.pid, offset: tree.threadOffset, id: tree.threadId } : undefined;
  return {
    root: tree.pid[0]!,
    rootIsInit: rootIsInit(tree),
    outsideSession: outside.sid,
    outsideGroup: outside.pgid,
    pidMax: Math.max(PID_MAX, largestNumber(tree) + 1),
    ...(threads ? { threads } : {}),
    outsideTerminal: outsideTerminal(tree, outside.sid),
  };
}

/** The terminal that members of the outside session have: it came with the root. */
function outsideTerminal(tree: ProcessTree, outside: number): number {
  const terminal = tree.sharing?.terminal;
  if (!terminal) return 0;
  for (let i = 0; i < tree.size; i++) if (tree.sid[i] === outside && terminal[i]! > 0) return terminal[i]!;
  return 0;
}

function largestNumber(tree: ProcessTree): number {
  let largest = 0;
  for (let i = 0; i < tree.size; i++) {
    largest = Math.max(largest, tree.pid[i]!, tree.pgid[i]!, tree.sid[i]!);
  }
  if (tree.levels) {
    const { offset, pid, pgid, sid } = tree.levels;
    for (let i = 0; i < offset[tree.size]!; i++) largest = Math.max(largest, pid[i]!, pgid[i]!, sid[i]!);
  }
  return largest;
}
