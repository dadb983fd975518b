/**
 * Deaths (theory, step 7, phases 3 and 4): helpers die and are reaped, orphans fall to their wanted parents, the flags
 * become what the image says, and at last the zombies exit.
 *
 * In: the origin walk with the parentage. Out: steps after which the tree is the image's.
 * Invariant: in postorder of the origin tree the parent chain above whoever dies is still the origin's, so the wanted
 * parent is on it, and it is the only flagged process (A2, A4, A5). Without a flag orphans fall to the init of the
 * namespace that the dying one lives in (A1, A17); a root that is not the init is flagged like anybody else.
 * Cost: O(elements). Kernel rules: A1, A2, A4, A5, A17 to A19, A23, A24, C10, G12, G26, P9.
 */

import { FLAG_OFF, FLAG_ON, FLAG_UNKNOWN, ZOMBIE } from '../../tree/process-columns.ts';
import { type ProcessTree, rootIsInit } from '../../tree/process-tree.ts';
import type { Elements } from './elements.ts';
import type { OriginWalk } from './origin-walk.ts';
import { type Parentage, UNSET } from './parentage.ts';
import type { Stage } from './stage.ts';

/**
 * Returns 1 for each process that adopts in the plan, other than an init.
 * @param exited 1: a zombie that has exited already
 */
export function scheduleDeaths(
  tree: ProcessTree,
  { places }: Elements,
  walk: OriginWalk,
  parentage: Parentage,
  stage: Stage,
  exited: Uint8Array | null,
): Uint8Array {
  const { size, pid, state, subreaper, exitStatus } = tree;
  const { target, creationParent, carriers } = parentage;
  const { steps } = stage;
  const count = target.length;
  const nobody = -1;
  const initIsRoot = rootIsInit(tree);
  const adopts = new Uint8Array(size);
  let flagged = nobody;
  const adoptsAnyway = (t: number): boolean =>
    t < 0 || (t === 0 && initIsRoot) || (t > 0 && places !== null && places.isInit[t] === 1);
  const handOverTo = (t: number): void => {
    const reaper = adoptsAnyway(t) ? nobody : t;
    if (reaper === flagged) return;
    if (flagged !== nobody) steps.subreaper(pid[flagged]!, 0);
    if (reaper !== nobody) {
      steps.subreaper(pid[reaper]!, 1);
      adopts[reaper] = 1;
    }
    flagged = reaper;
  };

  for (const e of walk.postorder) {
    for (let h = carriers.firstOf[e]!; h >= 0; h = carriers.next[h]!) {
      handOverTo(carriers.target[h]!);
      stage.dismiss(count + h, carriers.sibling[h] ? creationParent[e]! : e);
    }
    if (e >= size) {
      if (target[e] !== UNSET) handOverTo(target[e]!);
      stage.dismiss(e, creationParent[e]!);
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
    if (state[i] === ZOMBIE && target[i] === UNSET && !exited?.[i]) steps.exit(pid[i]!, exitStatus[i]!);
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
