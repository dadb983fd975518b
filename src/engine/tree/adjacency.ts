/**
 * Adjacency: lists of numbers by owner, in compressed rows. Pairs are pushed in any order and sorted once by counting.
 *
 * Cost: O(owners + pairs); rows keep the order in which their pairs were pushed.
 */

import { int32s, unsetInt32s } from './scratch.ts';

export interface Rows {
  /** Row i is `items[offset[i]] .. items[offset[i + 1] - 1]`. */
  readonly offset: Int32Array;
  readonly items: Int32Array;
}

/** Row i. */
export function itemsOf({ offset, items }: Rows, i: number): Int32Array {
  return items.subarray(offset[i]!, offset[i + 1]!);
}

const LEAST_PAIRS = 16;

export class PairList {
  length = 0;
  owner: Int32Array;
  item: Int32Array;

  constructor(expected = 0) {
    const capacity = Math.max(expected, LEAST_PAIRS);
    this.owner = unsetInt32s(capacity);
    this.item = unsetInt32s(capacity);
  }

  push(owner: number, item: number): void {
    const i = this.length;
    if (i === this.owner.length) {
      const [owners, items] = [this.owner, this.item];
      this.owner = unsetInt32s(i * 2);
      this.item = unsetInt32s(i * 2);
      this.owner.set(owners);
      this.item.set(items);
    }
    this.owner[i] = owner;
    this.item[i] = item;
    this.length = i + 1;
  }

  rows(owners: number): Rows {
    return rowsOf(owners, this.owner, this.item, this.length);
  }

  /** The same pairs the other way round: rows by item. */
  reversed(items: number): Rows {
    return rowsOf(items, this.item, this.owner, this.length);
  }
}

/** Items by owner, in the order in which their pairs come. */
export function rowsOf(owners: number, owner: Int32Array, item: Int32Array, length: number): Rows {
  const offset = int32s(owners + 1);
  for (let i = 0; i < length; i++) offset[owner[i]!]!++;
  accumulate(offset);
  const items = unsetInt32s(length);
  for (let i = length - 1; i >= 0; i--) items[--offset[owner[i]!]!] = item[i]!;
  return { offset, items };
}

/** From the length of each row to its end. Filled from their ends on, the rows leave their beginnings there. */
export function accumulate(offset: Int32Array): void {
  let end = 0;
  for (let o = 0; o < offset.length; o++) {
    end += offset[o]!;
    offset[o] = end;
  }
}

/** Items by owner, in ascending order. `ownerOf[i]` < 0: i belongs to nobody. */
export function memberRows(owners: number, ownerOf: Int32Array): Rows {
  const offset = int32s(owners + 1);
  for (let i = 0; i < ownerOf.length; i++) if (ownerOf[i]! >= 0) offset[ownerOf[i]!]!++;
  accumulate(offset);
  const items = unsetInt32s(offset[owners]!);
  for (let i = ownerOf.length - 1; i >= 0; i--) if (ownerOf[i]! >= 0) items[--offset[ownerOf[i]!]!] = i;
  return { offset, items };
}

export interface Descent {
  /** Children of every node, in ascending order. */
  readonly children: Rows;
  /** Roots, then who descends from them, breadth first; fewer than all nodes where some are on a cycle, or below one. */
  readonly order: Int32Array;
}

/** `parent[i]` < 0: i is a root. */
export function descentFromRoots(parent: Int32Array): Descent {
  const children = memberRows(parent.length, parent);
  const order = unsetInt32s(parent.length);
  let reached = 0;
  for (let v = 0; v < parent.length; v++) if (parent[v]! < 0) order[reached++] = v;
  for (let head = 0; head < reached; head++) {
    const end = children.offset[order[head]! + 1]!;
    for (let i = children.offset[order[head]!]!; i < end; i++) order[reached++] = children.items[i]!;
  }
  return { children, order: order.subarray(0, reached) };
}
