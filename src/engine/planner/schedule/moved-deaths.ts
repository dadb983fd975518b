/**
 * Moved deaths: carriers that are not needed, because a dead leader from elsewhere can stand in their place (theory,
 * section 10, exchange of births, for trees of any size).
 *
 * A dead leader may be born in any session, as long as all that somebody below it wants as parent is above it. One that
 * hands its children to the parent that a carrier hands its own to can be born where the carrier would be, and bear,
 * before its setsid, whoever the carrier was to bear.
 * In: an origin with its walk and parentage. Out: an origin with dead leaders in the places of carriers. Null: there is
 * nothing to gain.
 * Invariant: whoever moves takes all below along, and finds above it whatever is wanted from below (theory, lemma L3);
 * nobody moves to below somebody who moves, nor from above a place that somebody has moved to.
 * Cost: O(elements log elements).
 */

import { rowsOf } from '../../tree/adjacency.ts';
import { setOf } from '../../tree/disjoint-sets.ts';
import { OUTSIDE } from '../../tree/process-tree.ts';
import { int32s, withScratch } from '../../tree/scratch.ts';
import { BEFORE, type Origin } from '../origin.ts';
import { ANYBODY, type Elements, type Places } from './elements.ts';
import type { OriginWalk } from './origin-walk.ts';
import { CARRIED, type Parentage, UNSET } from './parentage.ts';
import { mayMoveBirth } from './shared-deaths.ts';

/** Dead leaders looked at for a carrier. */
const TRIES = 64;

export function moveDeaths(elements: Elements, walk: OriginWalk, parentage: Parentage): Origin | null {
  if (parentage.carriers.count === 0) return null;
  return withScratch(() => withMovedDeaths(elements, walk, parentage));
}

function withMovedDeaths(elements: Elements, walk: OriginWalk, parentage: Parentage): Origin | null {
  const { size, creator, phase, places } = elements;
  const { carriers, carrierOf } = parentage;
  const available = new DeadLeaders(elements, walk, parentage);
  const bearer = int32s(carriers.count, -1);
  const newCreator = creator.slice();
  const newPhase = phase.slice();
  for (let h = 0; h < carriers.count; h++) {
    if (carriers.sibling[h] || carriers.target[h] === ANYBODY) continue;
    const o = carriers.creator[h]!;
    const d = available.take(o, carriers.target[h]!);
    if (d < 0) continue;
    bearer[h] = d;
    newCreator[d] = o;
    newPhase[d] = carriers.phase[h]!;
  }
  if (!available.anyTaken) return null;
  for (let e = 1; e < size; e++) {
    const h = carrierOf[e]!;
    if (h < 0 || bearer[h]! < 0) continue;
    if (places !== null && !mayMoveBirth(places, e, creator[e]!, true)) continue;
    newCreator[e] = bearer[h]!;
    newPhase[e] = BEFORE;
  }
  return { creator: newCreator, phase: newPhase };
}

/** Dead leaders that can move, by the parent that they hand their children to. */
class DeadLeaders {
  anyTaken = false;
  private readonly elements: Elements;
  private readonly enter: Int32Array;
  private readonly end: Int32Array;
  /** By dead leader, from 0 on. */
  private readonly lowest: Int32Array;
  /** Linked rings; the last of a parent's stands at its index − OUTSIDE. */
  private readonly last: Int32Array;
  private readonly next: Int32Array;
  /** Up to a place of the preorder: how many that moved it is below, and how many places were moved to. */
  private readonly moved: Sums;
  private readonly movedTo: Sums;

  constructor(elements: Elements, walk: OriginWalk, parentage: Parentage) {
    const { size, creator, places } = elements;
    const count = creator.length;
    this.elements = elements;
    this.enter = walk.enter;
    this.end = walk.end;
    this.moved = new Sums(count + 1);
    this.movedTo = new Sums(count + 1);
    this.lowest = lowestWanted(elements, walk);
    this.last = int32s(size - OUTSIDE, -1);
    this.next = int32s(count, -1);
    const leaders = places === null ? count : places.firstTool;
    for (let d = leaders - 1; d >= size; d--) {
      const p = creator[d]! < 0 ? UNSET : handsTo(elements, walk, parentage, d);
      if (p === UNSET) continue;
      const last = this.last[p - OUTSIDE]!;
      this.next[d] = last < 0 ? d : this.next[last]!;
      if (last < 0) this.last[p - OUTSIDE] = d;
      else this.next[last] = d;
    }
  }

  /** One that can be born of `o` and hand children to `p`, which is then taken; −1: there is none. */
  take(o: number, p: number): number {
    const { enter, end, moved, movedTo } = this;
    if (moved.upTo(enter[o]!) > 0) return -1;
    const d = this.takeFrom(p - OUTSIDE, o);
    if (d < 0) return -1;
    moved.add(enter[d]!, 1);
    moved.add(end[d]!, -1);
    movedTo.add(enter[o]!, 1);
    this.anyTaken = true;
    return d;
  }

  /** Where nobody of many fits, they are the last that the next one looks at. */
  private takeFrom(ring: number, o: number): number {
    const { last, next } = this;
    const end = last[ring]!;
    let before = end;
    for (let tries = TRIES; before >= 0 && tries > 0; tries--) {
      const d = next[before]!;
      if (this.canMove(d, o)) {
        next[before] = next[d]!;
        if (d === end) last[ring] = before === d ? -1 : before;
        return d;
      }
      if (d === end) return -1;
      before = d;
    }
    last[ring] = before;
    return -1;
  }

  private canMove(d: number, o: number): boolean {
    const { enter, end, lowest, moved, movedTo } = this;
    const { size, creator, places } = this.elements;
    if (creator[d] === o || !this.isWithin(o, lowest[d - size]!) || this.isWithin(o, d)) return false;
    if (places !== null && places.namespace[d] !== places.namespace[o]) return false;
    return moved.upTo(enter[d]!) === 0 && movedTo.upTo(enter[d]! - 1) === movedTo.upTo(end[d]! - 1);
  }

  private isWithin(x: number, y: number): boolean {
    return this.enter[x]! >= this.enter[y]! && this.enter[x]! < this.end[y]!;
  }
}

/**
 * For each dead leader the lowest process above it that somebody below wants as parent; the root where there is none.
 * Dead leaders are a forest of their own: a process and the parent that it wants concern those between them, whom the
 * deepest parent reaches first.
 */
function lowestWanted(elements: Elements, { preorder, depth }: OriginWalk): Int32Array {
  const { size, creator, wanted, places } = elements;
  const count = creator.length;
  const none = count - size;
  /** The dead leader at or above an element, and the next one above a dead leader. */
  const nearest = int32s(count, none);
  const above = int32s(none);
  const concerned = int32s(size);
  let length = 0;
  for (let at = 1; at < preorder.length; at++) {
    const e = preorder[at]!;
    const d = nearest[creator[e]!]!;
    if (e >= size) {
      nearest[e] = e - size;
      above[e - size] = d;
    } else if (d !== none) {
      nearest[e] = d;
      const p = wanted[e]!;
      if (p > 0 && depth[size + d]! > depth[p]! && !wantsItsInit(places, e, p)) concerned[length++] = e;
    }
  }
  const lowest = int32s(none);
  const link = int32s(none + 1);
  for (let d = 0; d <= none; d++) link[d] = d;
  for (const q of deepestFirst(concerned.subarray(0, length), wanted, depth)) {
    const p = wanted[q]!;
    for (let d = setOf(link, nearest[q]!); d !== none && depth[size + d]! > depth[p]!; d = setOf(link, d)) {
      lowest[d] = p;
      link[d] = above[d]!;
    }
  }
  return lowest;
}

/** Processes by the depth of the parent that they want, the deepest first. */
function deepestFirst(processes: Int32Array, wanted: Int32Array, depth: Int32Array): Int32Array {
  const depths = int32s(processes.length);
  let deepest = 0;
  for (let i = 0; i < processes.length; i++) {
    depths[i] = depth[wanted[processes[i]!]!]!;
    deepest = Math.max(deepest, depths[i]!);
  }
  return rowsOf(deepest + 1, depths, processes, processes.length).items.reverse();
}

/** Orphans of a namespace fall to its init wherever they were born. */
function wantsItsInit(places: Places | null, e: number, p: number): boolean {
  return places !== null && p === places.initOf[places.namespace[e]!];
}

/** The one parent that all children of a dead leader want that fall to somebody when it dies; UNSET: it may not move. */
function handsTo(
  { size, phase, wanted, places }: Elements,
  { children: { offset, items } }: OriginWalk,
  { mode, target }: Parentage,
  d: number,
): number {
  if (places !== null && (places.sibling[d] || wanted[d] !== ANYBODY)) return UNSET;
  let p = target[d]!;
  for (let i = offset[d]!; i < offset[d + 1]!; i++) {
    const child = items[i]!;
    if (phase[child] === BEFORE || places?.sibling[child]) return UNSET;
    if (child >= size || mode[child] === CARRIED || wanted[child] === p) continue;
    if (p !== UNSET) return UNSET;
    p = wanted[child]!;
  }
  return p;
}

/** Prefix sums that change. */
class Sums {
  private readonly tree: Int32Array;

  constructor(length: number) {
    this.tree = int32s(length + 1);
  }

  add(at: number, value: number): void {
    for (let i = at + 1; i < this.tree.length; i += i & -i) this.tree[i]! += value;
  }

  /** Sum of all up to and including `at`. */
  upTo(at: number): number {
    let sum = 0;
    for (let i = at + 1; i > 0; i -= i & -i) sum += this.tree[i]!;
    return sum;
  }
}
