/**
 * Deaths (theory, step 7, phases 3 and 4): helpers die and are reaped, orphans fall to their wanted parents, the flags
 * become what the image says, and at last the zombies exit.
 *
 * In: the parentage, and told in an order that has children before their creators, whose turn it is. Out: steps after
 * which the tree is the image's.
 * Invariant: in such an order the parent chain above whoever dies is still the origin's, so the wanted
 * parent is on it, and it is the only flagged process (A2, A4, A5). Without a flag orphans fall to the init of the
 * namespace that the dying one lives in (A1, A17); a root that is not the init is flagged like anybody else.
 * Cost: O(elements). Kernel rules: A1, A2, A4, A5, A17 to A19, A23, A24, C10, G12, G26, P9.
 */

import { FLAG_OFF, FLAG_ON, FLAG_UNKNOWN, ZOMBIE } from '../../tree/process-columns.ts';
import { type ProcessTree, rootIsInit } from '../../tree/process-tree.ts';
import type { Elements } from './elements.ts';
import { type Parentage, UNSET } from './parentage.ts';
import type { Stage } from './stage.ts';

const NOBODY = -1;

export class Deaths {
  /** 1: a process that adopts in the plan, other than an init. */
  readonly adopts: Uint8Array;
  private readonly tree: ProcessTree;
  private readonly isInit: Uint8Array | null;
  private readonly initIsRoot: boolean;
  private readonly parentage: Parentage;
  private readonly stage: Stage;
  private flagged = NOBODY;

  constructor(tree: ProcessTree, { places }: Elements, parentage: Parentage, stage: Stage) {
    this.tree = tree;
    this.isInit = places?.isInit ?? null;
    this.initIsRoot = rootIsInit(tree);
    this.parentage = parentage;
    this.stage = stage;
    this.adopts = new Uint8Array(tree.size);
  }

  /** The carriers of e die, and e if it dies for others: everybody below it has done so. */
  of(e: number): void {
    const { stage, tree } = this;
    const { target, creationParent, carriers } = this.parentage;
    for (let h = carriers.firstOf[e]!; h >= 0; h = carriers.next[h]!) {
      this.handOverTo(carriers.target[h]!);
      stage.dismiss(target.length + h, carriers.sibling[h] ? creationParent[e]! : e);
    }
    if (e >= tree.size) {
      if (target[e] !== UNSET) this.handOverTo(target[e]!);
      stage.dismiss(e, creationParent[e]!);
    } else if (target[e] !== UNSET) {
      this.handOverTo(target[e]!);
      stage.steps.exit(tree.pid[e]!, tree.exitStatus[e]!);
    }
  }

  /**
   * When all of these are dead.
   * @param exited 1: a zombie that has exited already
   */
  finish(exited: Uint8Array | null): void {
    const { adopts, flagged } = this;
    const { steps } = this.stage;
    const { size, pid, state, subreaper, exitStatus } = this.tree;
    for (let i = 0; i < size; i++) {
      const wanted = state[i] === ZOMBIE ? 0 : wantedFlag(subreaper[i]!, adopts[i]!);
      if (i === flagged && !wanted) steps.subreaper(pid[i]!, 0);
      else if (i !== flagged && wanted) steps.subreaper(pid[i]!, 1);
    }
    const { target } = this.parentage;
    for (let i = size - 1; i >= 0; i--) {
      if (state[i] === ZOMBIE && target[i] === UNSET && !exited?.[i]) steps.exit(pid[i]!, exitStatus[i]!);
    }
  }

  private handOverTo(t: number): void {
    const { pid } = this.tree;
    const { steps } = this.stage;
    const reaper = this.adoptsAnyway(t) ? NOBODY : t;
    if (reaper === this.flagged) return;
    if (this.flagged !== NOBODY) steps.subreaper(pid[this.flagged]!, 0);
    if (reaper !== NOBODY) {
      steps.subreaper(pid[reaper]!, 1);
      this.adopts[reaper] = 1;
    }
    this.flagged = reaper;
  }

  private adoptsAnyway(t: number): boolean {
    return t < 0 || (t === 0 && this.initIsRoot) || (t > 0 && this.isInit?.[t] === 1);
  }
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
