/**
 * Birth map (docs/caba.md, κ): the closest alive born ancestor of every process, as indexes of the tree.
 *
 * In: a map. Out: its tree in breadth-first order with nested intervals, so that "above" is two comparisons.
 * The root alone is born outside (−1).
 * Cost: O(n), no recursion.
 */

import { copyOf, int32s } from '../tree/scratch.ts';

/** Index of each process's closest alive born ancestor; −1 for the root. */
export type BirthMap = Int32Array;

/** In what a plan is held against: the process was born outside the image. */
export const BORN_OUTSIDE = -2;

/** Scratch columns. */
export interface MapWalk {
  /** Processes that descend from the root; less than all where the map has a cycle. */
  readonly reached: number;
  /** The reached ones, ancestors first. */
  readonly order: Int32Array;
  readonly depth: Int32Array;
  /** Process a is at or above q: enter[a] <= enter[q] < enter[a] + below[a]. */
  readonly enter: Int32Array;
  readonly below: Int32Array;
}

export function walkMap(map: BirthMap): MapWalk {
  const size = map.length;
  const offset = int32s(size + 1);
  for (let q = 1; q < size; q++) offset[map[q]! + 1]!++;
  for (let x = 0; x < size; x++) offset[x + 1]! += offset[x]!;
  const next = copyOf(offset, size);
  const children = int32s(Math.max(0, size - 1));
  for (let q = 1; q < size; q++) children[next[map[q]!]!++] = q;

  const order = int32s(size);
  const depth = int32s(size);
  let reached = 1;
  for (let head = 0; head < reached; head++) {
    const x = order[head]!;
    for (let i = offset[x]!; i < offset[x + 1]!; i++) {
      depth[children[i]!] = depth[x]! + 1;
      order[reached++] = children[i]!;
    }
  }
  const below = int32s(size, 1);
  for (let i = reached - 1; i > 0; i--) below[map[order[i]!]!]! += below[order[i]!]!;
  const enter = int32s(size);
  const free = next;
  free[0] = 1;
  for (let i = 1; i < reached; i++) {
    const q = order[i]!;
    const x = map[q]!;
    enter[q] = free[x]!;
    free[x]! += below[q]!;
    free[q] = enter[q]! + 1;
  }
  return { reached, order, depth, enter, below };
}

/** Is a strictly above q? Both must be reached. */
export function isAbove({ enter, below }: MapWalk, a: number, q: number): boolean {
  return a !== q && enter[a]! <= enter[q]! && enter[q]! < enter[a]! + below[a]!;
}

/** Processes that were adopted: their ancestor by birth is not their parent. */
export function adoptions(map: BirthMap, parent: Int32Array): number {
  let count = 0;
  for (let q = 1; q < map.length; q++) if (map[q] !== parent[q]) count++;
  return count;
}
