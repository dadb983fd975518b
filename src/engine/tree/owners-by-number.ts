/**
 * Sessions or groups of a tree as rows, in the order in which their numbers come, each with the process that has the number.
 *
 * In: a tree, a column of numbers on level 0. Out: row 0 is for the number 0, in use or not.
 * Most processes have the number of their parent or of somebody present, and cost no look-up in a table of numbers.
 * Cost: O(n).
 */

import { PairList } from './adjacency.ts';
import { lastingInt32s } from './column-block.ts';
import { NumberTable } from './number-table.ts';
import type { ProcessTree } from './process-tree.ts';
import { int32s, withScratch } from './scratch.ts';

export interface OwnersByNumber {
  /** Row of a process. */
  readonly of: Int32Array;
  readonly number: Int32Array;
  /** Process with the number of a row, −1 where nobody present has it. */
  readonly process: Int32Array;
}

export function ownersByNumber(
  { size, parent, pid, indexOf }: ProcessTree,
  numbers: Int32Array,
): OwnersByNumber {
  return withScratch(() => {
    const of = lastingInt32s(size);
    /** owner: the number of a row, item: the process that has it. */
    const rows = new PairList();
    rows.push(0, -1);
    const rowOf = int32s(size);
    const rowOfDead = new NumberTable(64);
    for (let i = 0; i < size; i++) {
      const n = numbers[i]!;
      const p = parent[i]!;
      if (n === 0) continue;
      if (p >= 0 && numbers[p] === n) {
        of[i] = of[p]!;
        continue;
      }
      const owner = pid[i] === n ? i : indexOf(n);
      let row = owner >= 0 ? rowOf[owner]! : rowOfDead.get(n);
      if (row <= 0) {
        row = rows.length;
        rows.push(n, owner);
        if (owner >= 0) rowOf[owner] = row;
        else rowOfDead.set(n, row);
      }
      of[i] = row;
    }
    return { of, number: outlasting(rows.owner, rows.length), process: outlasting(rows.item, rows.length) };
  });
}

function outlasting(column: Int32Array, length: number): Int32Array {
  const copy = lastingInt32s(length);
  copy.set(column.subarray(0, length));
  return copy;
}
