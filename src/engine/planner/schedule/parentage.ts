/**
 * Parentage: how every element comes to its wanted parent (theory, step 7, modes; section 10, R1 and R2).
 *
 * In: the origin walk, wanted parents, who dies in the plan. Out: for every element whether its creator clones it
 * directly, clones it with CLONE_PARENT, or lets a carrier clone it; the parent that it has at birth; and for
 * whoever dies in the plan the one process that its children fall to.
 *   A dead leader is made by its creator itself: its number must be taken before its first member is born (D4). It is
 *   made as a sibling where a child of it wants that parent, which then comes free, beside the one it dies for.
 *   A dead leader, or a zombie, dies anyway, so it carries for one wanted parent without a process of its own.
 *   A carrier is a helper for one creator, phase and wanted parent; its death hands its children over.
 *   CLONE_PARENT makes the child a sibling of its creator: a child of the creator's parent (C3), or of the carrier
 *   that the creator was born under, to fall with it (R1). The root never uses it (C1).
 * Invariant: whoever is named as a creation parent is that until all births are done.
 * Cost: O(elements). Kernel rules: A1, A2, A24, C1, C3, C4, D4.
 */

import { PairTable } from '../../tree/number-table.ts';
import { OUTSIDE } from '../../tree/process-tree.ts';
import { bytes, int32s } from '../../tree/scratch.ts';
import type { Origin } from '../origin.ts';
import type { OriginWalk } from './origin-walk.ts';

export const DIRECT = 0;
export const SIBLING = 1;
export const CARRIED = 2;

/** No child has been handed over yet. */
export const UNSET = -2;

export interface Parentage {
  /** DIRECT, SIBLING or CARRIED. */
  readonly mode: Uint8Array;
  /** Parent at birth: an element, or `elements` + carrier; OUTSIDE for the root. */
  readonly creationParent: Int32Array;
  /** Wanted parent that the children of an element fall to when it dies in the plan; UNSET if it has none. */
  readonly target: Int32Array;
  /** Carrier of an element, −1 unless CARRIED. */
  readonly carrierOf: Int32Array;
  readonly carriers: Carriers;
}

export interface Carriers {
  count: number;
  creator: number[];
  phase: number[];
  /** Wanted parent of what it carries: a process, or OUTSIDE. */
  target: number[];
  /** The creator's carriers as a linked list, newest first. */
  readonly firstOf: Int32Array;
  next: number[];
}

export interface Mortality {
  /** Number of processes; elements from here on are dead leaders. */
  readonly size: number;
  /** 1: a zombie of the image, which may carry. */
  readonly zombie: Uint8Array;
}

export function arrangeParents(
  origin: Origin,
  walk: OriginWalk,
  wanted: Int32Array,
  { size, zombie }: Mortality,
  allowCloneParent: boolean,
): Parentage {
  const elements = origin.creator.length;
  const mode = bytes(elements);
  const creationParent = int32s(elements, OUTSIDE);
  const target = int32s(elements, UNSET);
  const carrierOf = int32s(elements, -1);
  const carriers: Carriers = {
    count: 0,
    creator: [],
    phase: [],
    target: [],
    firstOf: int32s(elements, -1),
    next: [],
  };
  const carrierFor = new PairTable(16);
  const mustStay = childrenThatMustStay(walk, wanted, size);
  const mayDie = (e: number): boolean => e >= size || (e > 0 && zombie[e] === 1);
  const targetOfParent = (cp: number): number => {
    if (cp >= elements) return carriers.target[cp - elements]!;
    return cp > 0 && mayDie(cp) ? target[cp]! : UNSET;
  };

  /** Does a dead leader have a child that wants this process as parent, and so can be its sibling? */
  const hasChildFor = (e: number, parent: number): boolean => {
    if (parent < 0 || parent >= size) return false;
    for (let i = walk.childOffset[e]!; i < walk.childOffset[e + 1]!; i++) {
      const child = walk.children[i]!;
      if (child < size && wanted[child] === parent) return true;
    }
    return false;
  };

  for (let at = 1; at < walk.preorder.length; at++) {
    const e = walk.preorder[at]!;
    const o = origin.creator[e]!;
    const p = e >= size ? o : wanted[e]!;
    const grandparent = creationParent[o]!;
    if (e >= size && allowCloneParent && o !== 0 && !mustStay[e] && hasChildFor(e, grandparent)) {
      mode[e] = SIBLING;
      creationParent[e] = grandparent;
    } else if (p === o) {
      creationParent[e] = o;
    } else if (
      allowCloneParent &&
      o !== 0 &&
      !mustStay[e] &&
      (grandparent === p || targetOfParent(grandparent) === p)
    ) {
      mode[e] = SIBLING;
      creationParent[e] = grandparent;
    } else if (mayDie(o) && (target[o] === UNSET || target[o] === p)) {
      target[o] = p;
      creationParent[e] = o;
    } else {
      const key = p + 1;
      let h = carrierFor.get(o * 2 + origin.phase[e]!, key);
      if (h < 0) {
        h = carriers.count++;
        carrierFor.set(o * 2 + origin.phase[e]!, key, h);
        carriers.creator.push(o);
        carriers.phase.push(origin.phase[e]!);
        carriers.target.push(p);
        carriers.next.push(carriers.firstOf[o]!);
        carriers.firstOf[o] = h;
      }
      mode[e] = CARRIED;
      carrierOf[e] = h;
      creationParent[e] = elements + h;
    }
  }
  return { mode, creationParent, target, carrierOf, carriers };
}

/**
 * Elements that must be real children of their creator (or of its carrier), because somebody below wants the creator
 * as parent and can only fall to it along this chain.
 */
function childrenThatMustStay(walk: OriginWalk, wanted: Int32Array, size: number): Uint8Array {
  const { preorder, depth } = walk;
  const stay = bytes(depth.length);
  const path = int32s(preorder.length + 1);
  for (let at = 0; at < preorder.length; at++) {
    const e = preorder[at]!;
    path[depth[e]!] = e;
    if (e === 0 || e >= size || wanted[e] === OUTSIDE) continue;
    const below = path[depth[wanted[e]!]! + 1]!;
    if (below !== e) stay[below] = 1;
  }
  return stay;
}
