/**
 * Plain births: those that how everybody comes to its wanted parent does not depend on.
 *
 * Whoever is born of the parent that it wants, stays, and has nobody but such below it, takes no carrier, shares no death,
 * and stands in nobody's way: it is cloned directly whatever happens around it, and its creator keeps it. In a large tree
 * that is most processes, so that parentage is arranged for the others alone, several times where deaths are moved.
 * In: the elements of one pid namespace. Out: those that are not plain, with indexes of their own; and the way back from
 * what was arranged for them.
 * Invariant: creators and wanted parents of whoever is left are left; indexes keep their order.
 * Cost: O(elements).
 */

import { bytes, copyOf, int32s, unsetInt32s } from '../../tree/scratch.ts';
import type { Origin } from '../origin.ts';
import type { Elements } from './elements.ts';
import { type BirthWalk, childrenOf } from './origin-walk.ts';
import { type Parentage, UNSET } from './parentage.ts';

export interface NotPlain {
  readonly elements: Elements;
  /** By their indexes, the ones in the whole. */
  readonly was: Int32Array;
}

export function withoutPlainBirths(whole: Elements): NotPlain {
  const { was, is } = indexesOf(whole);
  return { elements: elementsAt(whole, was, is), was };
}

/** Elements that have new indexes: `was` of these the old ones, `is` of the old ones the new. */
export function elementsAt(whole: Elements, was: Int32Array, is: Int32Array): Elements {
  const count = was.length;
  const creator = int32s(count, -1);
  const phase = bytes(count);
  const leads = bytes(count);
  const wanted = unsetInt32s(count);
  const dies = bytes(count);
  let size = 0;
  for (let k = 0; k < count; k++) {
    const e = was[k]!;
    if (e < whole.size) size++;
    if (e > 0) creator[k] = is[whole.creator[e]!]!;
    const p = whole.wanted[e]!;
    wanted[k] = p < 0 ? p : is[p]!;
    phase[k] = whole.phase[e]!;
    leads[k] = whole.leads[e]!;
    dies[k] = whole.dies[e]!;
  }
  return { size, creator, phase, leads, wanted, dies, places: null };
}

function indexesOf({ size, creator, wanted, dies }: Elements): { was: Int32Array; is: Int32Array } {
  const isLeft = bytes(creator.length);
  isLeft[0] = 1;
  let count = 1;
  const leave = (lowest: number): void => {
    for (let e = lowest; !isLeft[e]; e = creator[e]!) {
      isLeft[e] = 1;
      count++;
    }
  };
  for (let e = 1; e < creator.length; e++) {
    const o = creator[e]!;
    if (o < 0 || (e < size && !dies[e] && wanted[e] === o)) continue;
    leave(e);
    if (wanted[e]! > 0) leave(wanted[e]!);
  }
  const was = unsetInt32s(count);
  const is = int32s(creator.length);
  let k = 0;
  for (let e = 0; e < creator.length; e++) {
    if (!isLeft[e]) continue;
    was[k] = e;
    is[e] = k++;
  }
  return { was, is };
}

/** What was arranged for whoever is not plain, as far as the whole needs it. */
export interface ArrangedAlone {
  readonly elements: Elements;
  readonly walk: Orders;
  readonly parentage: Parentage;
  readonly deathsMoved: boolean;
}

type Orders = Pick<BirthWalk, 'preorder' | 'postorder'>;

/** In memory of its own, as births that are changed are, so that the scratch columns of all that was tried can be given back. */
export function outlasting({ elements, walk, parentage, deathsMoved }: ArrangedAlone): ArrangedAlone {
  const { mode, creationParent, target, carrierOf, carriers } = parentage;
  return {
    elements,
    walk: { preorder: walk.preorder.slice(), postorder: walk.postorder.slice() },
    parentage: {
      mode: mode.slice(),
      creationParent: creationParent.slice(),
      target: target.slice(),
      carrierOf: carrierOf.slice(),
      carriers: { ...carriers, firstOf: carriers.firstOf.slice() },
    },
    deathsMoved,
  };
}

/** The births of the whole, with those of whoever is not plain as they were changed. */
export function originOfWhole(whole: Origin, changed: Origin, was: Int32Array): Origin {
  const creator = copyOf(whole.creator);
  const phase = whole.phase.slice();
  for (let k = 1; k < was.length; k++) {
    creator[was[k]!] = was[changed.creator[k]!]!;
    phase[was[k]!] = changed.phase[k]!;
  }
  return { creator, phase };
}

/** Children of everybody; the orders have whoever is not plain, since nobody else dies or bears a carrier. */
export function walkOfWhole(whole: Origin, { preorder, postorder }: Orders, was: Int32Array): BirthWalk {
  const inWhole = (order: Int32Array): Int32Array => {
    const mapped = unsetInt32s(order.length);
    for (let at = 0; at < order.length; at++) mapped[at] = was[order[at]!]!;
    return mapped;
  };
  return { children: childrenOf(whole), preorder: inWhole(preorder), postorder: inWhole(postorder) };
}

/** `at`: by index of whoever is not plain the one among `creators`, who have everybody's births. */
export function parentageOfWhole(
  creators: Int32Array,
  { mode, creationParent, target, carrierOf, carriers }: Parentage,
  at: Int32Array,
): Parentage {
  const count = creators.length;
  const left = at.length;
  const actorAt = (actor: number): number => (actor >= left ? count + actor - left : at[actor]!);
  const processAt = (p: number): number => (p < 0 ? p : at[p]!);
  const whole = {
    mode: bytes(count),
    creationParent: copyOf(creators),
    target: int32s(count, UNSET),
    carrierOf: int32s(count, -1),
    carriers: {
      ...carriers,
      creator: carriers.creator.map((o) => at[o]!),
      target: carriers.target.map(processAt),
      firstOf: int32s(count, -1),
    },
  };
  for (let k = 0; k < left; k++) {
    const e = at[k]!;
    const parent = creationParent[k]!;
    whole.mode[e] = mode[k]!;
    whole.creationParent[e] = parent < 0 ? parent : actorAt(parent);
    whole.target[e] = processAt(target[k]!);
    whole.carrierOf[e] = carrierOf[k]!;
    whole.carriers.firstOf[e] = carriers.firstOf[k]!;
  }
  return whole;
}
