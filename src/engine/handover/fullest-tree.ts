/**
 * A plan's tree at its fullest: everybody born, helpers too, nobody dead yet.
 *
 * In: a tree of one pid namespace, the steps of a plan without CLONE_PARENT, its helpers. Out: players (the image's
 * processes by their index, then the helpers) with the creator that each hangs from, the session it ends in, its group
 * at the cut, and who gets its children when it dies in the plan. Null: steps of another kind.
 * The cut: CRIU takes every group that a process is in before the first owner leaves the group it made, which CRIU
 * cannot do; the steps from the cut on are the script's. Births behind it are made earlier, in the group they were born in.
 * Cost: O(steps) and one run of the simulator.
 */

import { Kernel } from '../kernel/kernel.ts';
import { bootOf } from '../kernel/replay.ts';
import type { HelperList } from '../plan/helper-list.ts';
import { CLONE3, EXIT, NEWPID, PARENT, SETPGID, SETSID, type StepList } from '../plan/step-list.ts';
import { NumberTable } from '../tree/number-table.ts';
import { outsideNumbers } from '../tree/outside.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { bytes, int32s } from '../tree/scratch.ts';

export const NOBODY = -1;
/** `target` of whoever dies with its children falling out of the image. */
const OUT_OF_IMAGE = -2;

export interface FullestTree {
  /** Players: indexes below `tree.size` are processes of the image, the others `tree.size` + row of a helper. */
  readonly count: number;
  readonly pid: Int32Array;
  /** Player that bore it; NOBODY for the root. */
  readonly parent: Int32Array;
  readonly sid: Int32Array;
  readonly pgid: Int32Array;
  /** Player that its children fall to when it dies in the plan; NOBODY where it has none then, or stays. */
  readonly target: Int32Array;
  /** 1: a step of the script moves it to another group, or the group it was born in needs it. */
  readonly holdsGroup: Uint8Array;
  /** Players as they were born. */
  readonly births: Int32Array;
  /** Index of the first step that moves an owner out of its group; the number of steps where none does. */
  readonly cut: number;
  readonly indexOf: (pid: number) => number;
}

export function fullestTree(tree: ProcessTree, steps: StepList, helpers: HelperList): FullestTree | null {
  const count = tree.size + helpers.length;
  const helperOf = new NumberTable(helpers.length);
  for (let i = 0; i < helpers.length; i++) helperOf.set(helpers.pid[i]!, tree.size + i);
  const indexOf = (number: number): number => {
    const process = tree.indexOf(number);
    return process >= 0 ? process : helperOf.get(number);
  };
  const outside = outsideNumbers(tree);
  const pid = int32s(count);
  pid.set(tree.pid);
  pid.set(helpers.pid.subarray(0, helpers.length), tree.size);
  const parent = int32s(count, NOBODY);
  const sid = int32s(count);
  const pgid = int32s(count);
  const groupNow = int32s(count);
  const target = int32s(count, NOBODY);
  const holdsGroup = bytes(count);
  const births = int32s(count);
  const born = bytes(count);
  sid[0] = outside.sid;
  groupNow[0] = outside.pgid;
  pgid[0] = outside.pgid;
  born[0] = 1;
  let bornCount = 1;
  let cut = steps.length;
  const kernel = new Kernel({ ...bootOf(tree), births: count });
  const { processes } = kernel.state;

  for (let i = 0; i < steps.length; i++) {
    const actor = indexOf(steps.actor[i]!);
    const object = steps.object[i]!;
    if (actor < 0) return null;
    let orphan = 0;
    switch (steps.op[i]) {
      case CLONE3: {
        const child = indexOf(object);
        // What else a clone shares is the images' business: file tables go along these births there.
        if (child < 0 || born[child] || steps.flags[i]! & (PARENT | NEWPID)) return null;
        born[child] = 1;
        births[bornCount++] = child;
        parent[child] = actor;
        sid[child] = sid[actor]!;
        groupNow[child] = groupNow[actor]!;
        pgid[child] = groupNow[actor]!;
        if (i > cut) holdsGroup[child] = 1;
        break;
      }
      case SETSID:
        sid[actor] = pid[actor]!;
        groupNow[actor] = pid[actor]!;
        pgid[actor] = pid[actor]!;
        break;
      case SETPGID: {
        const moved = indexOf(object);
        const group = steps.value[i]!;
        if (i < cut && groupNow[moved] === pid[moved] && group !== pid[moved]) cut = i;
        groupNow[moved] = group;
        if (i < cut) pgid[moved] = group;
        else holdsGroup[moved] = 1;
        break;
      }
      case EXIT:
        orphan = processes.firstChild[kernel.state.find(pid[actor]!)]!;
        break;
    }
    if (kernel.run(steps, i, i + 1)) return null;
    if (orphan === 0) continue;
    const adopter = processes.number[processes.parent[orphan]!]!;
    target[actor] = adopter === 0 ? OUT_OF_IMAGE : indexOf(adopter);
  }
  if (bornCount < count) return null;
  return { count, pid, parent, sid, pgid, target, holdsGroup, births, cut, indexOf };
}
