/**
 * Deaths (theory, step 7, phases 3 and 4): helpers die and are reaped, orphans fall to their wanted parents, the flags
 * become what the image says, and at last the zombies exit.
 *
 * In: the origin walk with the parentage. Out: steps after which the tree is the image's.
 * Invariant: in postorder of the origin tree the parent chain above whoever dies is still the origin's, so the wanted
 * parent is on it, and it is the only flagged process (A2, A4, A5). Without a flag orphans fall to the namespace's
 * init (A1); a root that is not the init is flagged like anybody else.
 * Cost: O(elements). Kernel rules: A1, A2, A4, A5, A23, A24, C10, P9.
 */

import type { StepList } from '../../plan/step-list.ts';
import { FLAG_OFF, FLAG_ON, FLAG_UNKNOWN, ZOMBIE } from '../../tree/process-columns.ts';
import { OUTSIDE, type ProcessTree, rootIsInit } from '../../tree/process-tree.ts';
import type { Cast } from './cast.ts';
import type { OriginWalk } from './origin-walk.ts';
import { type Parentage, UNSET } from './parentage.ts';

/** Returns 1 for each process that adopts in the plan, other than an init. */
export function scheduleDeaths(
  tree: ProcessTree,
  walk: OriginWalk,
  parentage: Parentage,
  cast: Cast,
  steps: StepList,
): Uint8Array {
  const { size, pid, state, subreaper, exitStatus } = tree;
  const { target, creationParent, carriers } = parentage;
  const { pidOf, carrierPid } = cast;
  const elements = target.length;
  const nobody = -1;
  const initIsRoot = rootIsInit(tree);
  const adopts = new Uint8Array(size);
  let flagged = nobody;
  const handOverTo = (t: number): void => {
    const reaper = t === OUTSIDE || (t === 0 && initIsRoot) ? nobody : t;
    if (reaper === flagged) return;
    if (flagged !== nobody) steps.subreaper(pid[flagged]!, 0);
    if (reaper !== nobody) {
      steps.subreaper(pid[reaper]!, 1);
      adopts[reaper] = 1;
    }
    flagged = reaper;
  };
  const parentPid = (cp: number): number => (cp >= elements ? carrierPid[cp - elements]! : pidOf(cp));

  for (const e of walk.postorder) {
    for (let h = carriers.firstOf[e]!; h >= 0; h = carriers.next[h]!) {
      handOverTo(carriers.target[h]!);
      steps.exit(carrierPid[h]!, 0);
      steps.wait4(pidOf(e), carrierPid[h]!);
    }
    if (e >= size) {
      if (target[e] !== UNSET) handOverTo(target[e]!);
      steps.exit(pidOf(e), 0);
      steps.wait4(parentPid(creationParent[e]!), pidOf(e));
    } else if (target[e] !== UNSET) {
      handOverTo(target[e]!);
      steps.exit(pid[e]!, exitStatus[e]!);
    }
  }

  for (let i = 0; i < size; i++) {
    const wanted = state[i] === ZOMBIE ? 0 : wantedFlag(subreaper[i]!, adopts[i]!);
    if (i === flagged && !wanted) steps.subreaper(pid[i]!, 0);
    else if (i !== flagged && wanted) steps.subreaper(pid[i]!, 1);
  }
  for (let i = size - 1; i >= 0; i--) {
    if (state[i] === ZOMBIE && target[i] === UNSET) steps.exit(pid[i]!, exitStatus[i]!);
  }
  return adopts;
}

/** A flag that the image does not have is taken to be on where the process has adopted. */
function wantedFlag(subreaper: number, adopts: number): 0 | 1 {
  return subreaper === FLAG_ON || (subreaper === FLAG_UNKNOWN && adopts === 1) ? 1 : 0;
}

/** The tree with every unknown flag as the schedule leaves it. */
export function withInferredFlags(tree: ProcessTree, adopts: Uint8Array): ProcessTree {
  if (tree.subreaper.indexOf(FLAG_UNKNOWN) < 0) return tree;
  const subreaper = tree.subreaper.map((flag, i) => (wantedFlag(flag, adopts[i]!) ? FLAG_ON : FLAG_OFF));
  return { ...tree, subreaper };
}
