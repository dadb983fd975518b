/**
 * Subtree intervals: who is at or above whom in a forest, told by two comparisons; and its nodes depth first.
 *
 * In: the parent of every node, negative for roots; an order in which parents come first, that of the indexes where none
 * is given. Out: scratch columns; the numbers of a subtree are those from its node's own on.
 * Invariant: siblings are numbered as they come in the order.
 * Cost: O(n), no recursion.
 */

import type { Rows } from './adjacency.ts';
import { int32s, unsetInt32s } from './scratch.ts';

export interface SubtreeIntervals {
  readonly enter: Int32Array;
  /** Nodes of a subtree. */
  readonly below: Int32Array;
}

export function subtreeIntervals(parent: Int32Array, order?: Int32Array): SubtreeIntervals {
  const count = order?.length ?? parent.length;
  const below = int32s(parent.length, 1);
  for (let i = count - 1; i >= 0; i--) {
    const v = order ? order[i]! : i;
    if (parent[v]! >= 0) below[parent[v]!]! += below[v]!;
  }
  const enter = int32s(parent.length);
  const free = unsetInt32s(parent.length);
  let numbered = 0;
  for (let i = 0; i < count; i++) {
    const v = order ? order[i]! : i;
    const p = parent[v]!;
    if (p < 0) {
      enter[v] = numbered;
      numbered += below[v]!;
    } else {
      enter[v] = free[p]!;
      free[p]! += below[v]!;
    }
    free[v] = enter[v]! + 1;
  }
  return { enter, below };
}

/** The nodes of the order, depth first: parents first, siblings as they come in it, one branch after the other. */
export function depthFirst(parent: Int32Array, order?: Int32Array): Int32Array {
  const { enter } = subtreeIntervals(parent, order);
  const nodes = unsetInt32s(order?.length ?? parent.length);
  for (let i = 0; i < nodes.length; i++) {
    const v = order ? order[i]! : i;
    nodes[enter[v]!] = v;
  }
  return nodes;
}

/** The child of a that is v or above it, of children in the order of their numbers; a must be strictly above v. */
export function childToward(children: Rows, enter: Int32Array, a: number, v: number): number {
  const { offset, items } = children;
  let low = offset[a]!;
  let high = offset[a + 1]! - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (enter[items[middle]!]! <= enter[v]!) low = middle;
    else high = middle - 1;
  }
  return items[low]!;
}

/** Is a equal to v, or above it? Both must be in the order. */
export function isAtOrAbove({ enter, below }: SubtreeIntervals, a: number, v: number): boolean {
  return enter[a]! <= enter[v]! && enter[v]! < enter[a]! + below[a]!;
}
