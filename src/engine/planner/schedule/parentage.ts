/**
 * Parentage: how every element comes to its wanted parent (theory, step 7, modes; section 10, R1 and R2).
 *
 * In: the elements with their walk, and who must be carried whatever else would do. Out: for every element whether its
 * creator clones it directly, clones it with CLONE_PARENT, or lets a carrier clone it; the parent that it has at birth;
 * and for whoever dies in the plan the one process that its children fall to.
 *   A dead leader is made by its creator itself: its number must be taken before its first member is born (D4). It is
 *   made as a sibling where a child of it wants that parent, which then comes free, beside the one it dies for.
 *   A dead leader, or a zombie, dies anyway, so it carries for one wanted parent without a process of its own.
 *   A carrier is a helper for one creator, phase and wanted parent; its death hands its children over.
 *   CLONE_PARENT makes the child a sibling of its creator: a child of the creator's parent (C3), or of the carrier
 *   that the creator was born under, to fall with it (R1). The root and other inits never use it (C1, C2). The sibling
 *   has its creator's exit signal (C8).
 * Over pid namespaces, whoever hangs from outside its own hands its children to the init there and to nobody else
 * (A17), and who has to move its child between groups later must be in the child's session (F5, F18).
 * Invariant: whoever is named as a creation parent is that until all births are done.
 * Cost: O(elements). Kernel rules: A1, A2, A17, A24, C1 to C8, D4, F5, F18.
 */

import { PairTable } from '../../tree/number-table.ts';
import { OUTSIDE } from '../../tree/process-tree.ts';
import { bytes, int32s } from '../../tree/scratch.ts';
import { ANYBODY, childrenThatMustStay, type Elements, NO_NEED, type Places } from './elements.ts';
import type { OriginWalk } from './origin-walk.ts';

export const DIRECT = 0;
export const SIBLING = 1;
export const CARRIED = 2;

/** No child has been handed over yet. */
export const UNSET = -2;

/** More than a phase column holds. */
const PHASES = 256;

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
  /** Wanted parent of what it carries: a process, OUTSIDE, or ANYBODY. */
  target: number[];
  /** 1: born with CLONE_PARENT, and so bears. */
  sibling: number[];
  /** The creator's carriers as a linked list, newest first. */
  readonly firstOf: Int32Array;
  next: number[];
}

function noCarriers(elements: number): Carriers {
  const firstOf = int32s(elements, -1);
  return { count: 0, creator: [], phase: [], target: [], sibling: [], firstOf, next: [] };
}

function addCarrier(carriers: Carriers, o: number, phase: number, target: number, sibling: number): number {
  const { firstOf } = carriers;
  carriers.creator.push(o);
  carriers.phase.push(phase);
  carriers.target.push(target);
  carriers.sibling.push(sibling);
  carriers.next.push(firstOf[o]!);
  firstOf[o] = carriers.count;
  return carriers.count++;
}

export function arrangeParents(
  elements: Elements,
  walk: OriginWalk,
  allowCloneParent: boolean,
  mustBeCarried: Uint8Array | null,
): Parentage {
  const { creator, phase, wanted, dies, places, exitSignal } = elements;
  const count = creator.length;
  const mode = bytes(count);
  const creationParent = int32s(count, OUTSIDE);
  const target = int32s(count, UNSET);
  const carrierOf = int32s(count, -1);
  const carriers = noCarriers(count);
  const carrierFor = new PairTable(16);
  const mustStay = childrenThatMustStay(elements, walk);
  const hanging = places && new Hanging(elements, places, creationParent, carriers);
  const targetOfParent = (cp: number): number => {
    if (cp >= count) return carriers.target[cp - count]!;
    return cp > 0 && dies[cp] ? target[cp]! : UNSET;
  };

  const carry = (e: number, o: number, p: number): void => {
    const asSibling = places === null ? 0 : places.sibling[e]!;
    const first = o * PHASES + phase[e]!;
    const second = places === null ? p + 1 : ((p + 2) * places.widest + places.stay[e]!) * 2 + asSibling;
    let h = carrierFor.get(first, second);
    if (h < 0) {
      h = addCarrier(carriers, o, phase[e]!, p, asSibling);
      carrierFor.set(first, second, h);
    }
    mode[e] = CARRIED;
    carrierOf[e] = h;
    creationParent[e] = asSibling ? creationParent[o]! : count + h;
  };

  for (let at = 1; at < walk.preorder.length; at++) {
    const e = walk.preorder[at]!;
    const o = creator[e]!;
    const p = wanted[e] === ANYBODY ? o : wanted[e]!;
    const grandparent = creationParent[o]!;
    if (hanging !== null) {
      if (o < places!.hidden) {
        creationParent[e] = o;
        continue;
      }
      if (mustBeCarried?.[e]) {
        carry(e, o, wanted[e]!);
        continue;
      }
      if (places!.sibling[e]) {
        mode[e] = SIBLING;
        creationParent[e] = grandparent;
        continue;
      }
    }
    const maySibling =
      allowCloneParent &&
      o !== 0 &&
      !mustStay[e] &&
      exitSignal?.[o] === exitSignal?.[e] &&
      (hanging === null || hanging.maySibling(e, o));
    if (maySibling && wanted[e] === ANYBODY && hasChildFor(elements, walk, e, grandparent)) {
      mode[e] = SIBLING;
      creationParent[e] = grandparent;
    } else if (p === o && (hanging === null || hanging.mayMove(e, o))) {
      creationParent[e] = o;
    } else if (maySibling && (grandparent === p || targetOfParent(grandparent) === p)) {
      mode[e] = SIBLING;
      creationParent[e] = grandparent;
    } else if (
      dies[o] &&
      (target[o] === UNSET || target[o] === p) &&
      (hanging === null || (hanging.mayHandOver(o, p) && hanging.mayMove(e, o)))
    ) {
      target[o] = p;
      creationParent[e] = o;
    } else carry(e, o, p);
  }
  return { mode, creationParent, target, carrierOf, carriers };
}

/** Does a dead leader have a child that wants this process as parent, and so can be its sibling? */
function hasChildFor(
  { size, wanted }: Elements,
  { children }: OriginWalk,
  e: number,
  parent: number,
): boolean {
  if (parent < 0 || parent >= size) return false;
  const { offset, items } = children;
  for (let i = offset[e]!; i < offset[e + 1]!; i++) {
    const child = items[i]!;
    if (child < size && wanted[child] === parent) return true;
  }
  return false;
}

/** What several pid namespaces forbid. */
class Hanging {
  private readonly elements: Elements;
  private readonly places: Places;
  private readonly creationParent: Int32Array;
  private readonly carriers: Carriers;

  constructor(elements: Elements, places: Places, creationParent: Int32Array, carriers: Carriers) {
    this.elements = elements;
    this.places = places;
    this.creationParent = creationParent;
    this.carriers = carriers;
  }

  /** May o make e its sibling? The child is then in o's group, and hangs from where o hangs. */
  maySibling(e: number, o: number): boolean {
    const { places } = this;
    const parent = this.creationParent[o]!;
    const need = places.need[e]!;
    if (places.isInit[o] || o < places.hidden || parent < places.hidden) return false;
    if (need !== NO_NEED && need !== places.inherited[e]) return false;
    if (this.namespaceAt(parent) !== this.hangsFrom(e)) return false;
    return this.mayMove(e, parent);
  }

  /** Can this parent at birth move e between groups later, a leader before its setsid, where it has to? */
  mayMove(e: number, parent: number): boolean {
    const { places, elements } = this;
    if (!places.movedByParent[e]) return true;
    const session = elements.leads[e] ? places.bornIn[e] : places.session[e];
    return parent < elements.creator.length && places.session[parent] === session;
  }

  /** Can the death of o give its children to p? */
  mayHandOver(o: number, p: number): boolean {
    const { places } = this;
    const here = places.namespace[o]!;
    return p === places.initOf[here] || this.namespaceAt(this.creationParent[o]!) === here;
  }

  /** Namespace that the wanted parent of e lives in. */
  private hangsFrom(e: number): number {
    const { wanted } = this.elements;
    const p = wanted[e]!;
    if (p >= 0) return this.places.namespace[p]!;
    return p === ANYBODY ? this.places.namespace[e]! : this.places.namespace[0]!;
  }

  private namespaceAt(parent: number): number {
    const count = this.elements.creator.length;
    if (parent < 0) return -1;
    return this.places.namespace[parent < count ? parent : this.carriers.creator[parent - count]!]!;
  }
}
