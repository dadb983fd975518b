/**
 * Birth tree: who clones whom in a plan, helpers included, beside who is whose parent in the image.
 *
 * In: a tree and the steps of its plan. Out: one row a birth, in the order of the births; the root, which exists before
 * step 0, is row 0. The two trees differ where a process was adopted or born by CLONE_PARENT.
 * Invariant: a creator's row comes before the rows of those it clones.
 * Cost: O(steps).
 */

import { type ProcessTree, parentPid } from '../tree/process-tree.ts';
import { CLONE3, PARENT, type StepList } from './step-list.ts';

/** `parent` of a helper, which has none in the image. */
export const NOT_IN_IMAGE = -1;

export interface BirthTree {
  readonly length: number;
  readonly pid: Int32Array;
  /** Pid of the caller of clone3; 0 for the root: cloned outside. */
  readonly creator: Int32Array;
  /** Index of the clone3; −1 for the root. */
  readonly step: Int32Array;
  /** Pid of the parent in the image, 0 outside; NOT_IN_IMAGE for a helper. */
  readonly parent: Int32Array;
  /** 1 where the clone3 has CLONE_PARENT. */
  readonly asSibling: Uint8Array;
}

export function birthTree(tree: ProcessTree, steps: StepList): BirthTree {
  const births = 1 + steps.births();
  const pid = new Int32Array(births);
  const creator = new Int32Array(births);
  const step = new Int32Array(births);
  const asSibling = new Uint8Array(births);
  pid[0] = tree.pid[0]!;
  step[0] = -1;
  let row = 1;
  for (let i = 0; i < steps.length; i++) {
    if (steps.op[i] !== CLONE3) continue;
    pid[row] = steps.object[i]!;
    creator[row] = steps.actor[i]!;
    step[row] = i;
    asSibling[row] = steps.flags[i]! & PARENT;
    row++;
  }
  return { length: births, pid, creator, step, parent: imageParents(tree, pid), asSibling };
}

function imageParents(tree: ProcessTree, pids: Int32Array): Int32Array {
  return pids.map((pid) => {
    const index = tree.indexOf(pid);
    return index < 0 ? NOT_IN_IMAGE : parentPid(tree, index);
  });
}
