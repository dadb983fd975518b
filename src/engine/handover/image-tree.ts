/**
 * The image's own tree as the one to restore: nobody hangs elsewhere, only groups and wait statuses need the script.
 *
 * In: the tree and its plan at its fullest. Out: players that are the image's processes, below their own parents, in the
 * groups that they have at the cut. Null: a group move of the script, or what it relies on, needs a helper.
 * Cost: O(n).
 */

import { SETPGID, type StepList } from '../plan/step-list.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { int32s } from '../tree/scratch.ts';
import { type FullestTree, NOBODY } from './fullest-tree.ts';

export function imageAsFullest(tree: ProcessTree, steps: StepList, fullest: FullestTree): FullestTree | null {
  const { size } = tree;
  for (let helper = size; helper < fullest.count; helper++) if (fullest.holdsGroup[helper]) return null;
  for (let i = fullest.cut; i < steps.length; i++) {
    if (steps.op[i] === SETPGID && fullest.indexOf(steps.object[i]!) >= size) return null;
  }
  const births = int32s(size);
  for (let i = 0; i < size; i++) births[i] = i;
  return {
    ...fullest,
    count: size,
    parent: Int32Array.from(tree.parent, (parent) => (parent < 0 ? NOBODY : parent)),
    sid: tree.sid,
    target: int32s(size, NOBODY),
    births,
  };
}
