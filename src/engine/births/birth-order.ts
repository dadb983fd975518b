/**
 * Birth order (docs/caba.md, section 7): an ancestor by birth is older.
 *
 * In: `birthOrder` of a tree, or `startTime` where no process has one. Out: one number a process that grows with
 * birth, NaN where it is not known. Equal numbers (two births in one clock tick) say nothing.
 * Invariant: an unknown number between two known ones does not hide a contradiction: what counts is the youngest
 * ancestor on the whole way up.
 * Cost: O(n). It is evidence about the past only: a plan does not repeat it.
 */

import type { ProcessTree } from '../tree/process-tree.ts';
import { float64s, withScratch } from '../tree/scratch.ts';
import { type BirthMap, type MapWalk, walkMap } from './birth-map.ts';

/** By process; NaN: not known. */
export type BirthOrder = Float64Array;

export function birthOrderOf(tree: ProcessTree): BirthOrder | null {
  return tree.birthOrder ?? tree.startTime;
}

/** Born after everybody whose youngest has this number? True where nothing is known against it. */
export function mayBeYounger(order: BirthOrder, process: number, youngest: number): boolean {
  return !(order[process]! < youngest);
}

/** The youngest on the way down, once `process` is on it. */
export function youngestWith(order: BirthOrder, process: number, youngest: number): number {
  const born = order[process]!;
  return Number.isNaN(born) ? youngest : Math.max(born, youngest);
}

/** Is nobody certainly older than an ancestor? */
export function followsOrder(order: BirthOrder, map: BirthMap): boolean {
  return withScratch(() => firstBornTooEarly(order, map, walkMap(map)) < 0);
}

/** A process with an ancestor that is certainly younger, or −1. */
export function firstBornTooEarly(order: BirthOrder, map: BirthMap, walk: MapWalk): number {
  const youngest = float64s(map.length, Number.NEGATIVE_INFINITY);
  youngest[0] = youngestWith(order, 0, Number.NEGATIVE_INFINITY);
  for (let i = 1; i < walk.order.length; i++) {
    const q = walk.order[i]!;
    const above = youngest[map[q]!]!;
    if (!mayBeYounger(order, q, above)) return q;
    youngest[q] = youngestWith(order, q, above);
  }
  return -1;
}
