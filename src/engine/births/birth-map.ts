/**
 * Birth map (docs/caba.md, κ): the closest alive born ancestor of every process, as indexes of the tree.
 *
 * In: a map. Out: its tree in breadth-first order with nested intervals, so that "above" is two comparisons.
 * The root alone is born outside (−1).
 * Cost: O(n), no recursion.
 */

import { descentFromRoots } from '../tree/adjacency.ts';
import { isAtOrAbove, type SubtreeIntervals, subtreeIntervals } from '../tree/subtree-intervals.ts';

/** Index of each process's closest alive born ancestor; −1 for the root. */
export type BirthMap = Int32Array;

/** In what a plan is held against: the process was born outside the image. */
export const BORN_OUTSIDE = -2;

/** Scratch columns. */
export interface MapWalk extends SubtreeIntervals {
  /** Processes that descend from the root, ancestors first; less than all where the map has a cycle. */
  readonly order: Int32Array;
}

export function walkMap(map: BirthMap): MapWalk {
  const { order } = descentFromRoots(map);
  return { ...subtreeIntervals(map, order), order };
}

/** Is a strictly above q? Both must be reached. */
export function isAbove(walk: MapWalk, a: number, q: number): boolean {
  return a !== q && isAtOrAbove(walk, a, q);
}

/** Processes that were adopted: their ancestor by birth is not their parent. */
export function adoptions(map: BirthMap, parent: Int32Array): number {
  let count = 0;
  for (let q = 1; q < map.length; q++) if (map[q] !== parent[q]) count++;
  return count;
}
