/**
 * Origin walk: the origin tree in the orders that a schedule needs.
 *
 * In: an origin. Out: children of every element, those from before its setsid first; elements in preorder and in
 * postorder. Invariant: both orders visit children in the same sequence. Cost: O(elements), no recursion.
 */

import { accumulate, type Rows } from '../../tree/adjacency.ts';
import { copyOf, int32s, unsetInt32s } from '../../tree/scratch.ts';
import { BEFORE, type Origin } from '../origin.ts';

/** What is made a schedule from: orders may leave out who bears no carrier, needs none and does not die (plain-births.ts). */
export interface BirthWalk {
  readonly children: Rows;
  readonly preorder: Int32Array;
  readonly postorder: Int32Array;
}

export interface OriginWalk extends BirthWalk {
  /** Distance from the root. */
  readonly depth: Int32Array;
  /** Place of an element in the preorder, and the first place behind all below it. */
  readonly enter: Int32Array;
  readonly end: Int32Array;
}

export function walkOrigin(origin: Origin): OriginWalk {
  return walkChildren(childrenOf(origin));
}

/** The elements in preorder alone. */
export function preorderOf(origin: Origin): Int32Array {
  const { offset, items } = childrenOf(origin);
  const preorder = unsetInt32s(items.length + 1);
  const stack = unsetInt32s(items.length + 1);
  let entered = 0;
  stack[0] = 0;
  for (let top = 0; top >= 0; ) {
    const e = stack[top--]!;
    preorder[entered++] = e;
    for (let i = offset[e + 1]! - 1; i >= offset[e]!; i--) stack[++top] = items[i]!;
  }
  return preorder;
}

/** Of every element, those from before its setsid first. */
export function childrenOf({ creator, phase }: Origin): Rows {
  const elements = creator.length;
  const offset = int32s(elements + 1);
  for (let e = 0; e < elements; e++) if (creator[e]! >= 0) offset[creator[e]!]!++;
  accumulate(offset);
  const items = unsetInt32s(offset[elements]!);
  for (let e = elements - 1; e >= 0; e--) {
    if (creator[e]! >= 0 && phase[e] !== BEFORE) items[--offset[creator[e]!]!] = e;
  }
  for (let e = elements - 1; e >= 0; e--) if (phase[e] === BEFORE) items[--offset[creator[e]!]!] = e;
  return { offset, items };
}

/** The walk of children that are in order already. */
export function walkChildren(children: Rows): OriginWalk {
  const { offset, items } = children;
  const elements = offset.length - 1;
  const total = items.length + 1;
  const preorder = unsetInt32s(total);
  const postorder = unsetInt32s(total);
  const depth = int32s(elements);
  const enter = int32s(elements);
  const end = int32s(elements);
  const stack = unsetInt32s(total);
  const at = copyOf(offset, elements);
  preorder[0] = stack[0] = 0;
  let entered = 1;
  let left = 0;
  let top = 0;
  while (top >= 0) {
    const e = stack[top]!;
    if (at[e]! < offset[e + 1]!) {
      const child = items[at[e]!++]!;
      depth[child] = top + 1;
      enter[child] = entered;
      preorder[entered++] = child;
      stack[++top] = child;
    } else {
      end[e] = entered;
      postorder[left++] = e;
      top--;
    }
  }
  return { children, preorder, postorder, depth, enter, end };
}
