/**
 * Fresh numbers for helpers that may have any: the next one that no pid, tid, pgid or sid of the image uses at level 0
 * and that is not taken on the target.
 *
 * Invariant: no number is given twice, so a plan never depends on a helper's number being free again (D3, D5).
 * Cost: O(numbers of the image) when the first is taken, then amortised O(1).
 */

import { NumberTable } from '../../tree/number-table.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';

/** The largest number that Linux gives (D10 to D12). */
export const LARGEST_PID = 4194303;

export class FreshNumbers {
  private used: NumberTable | null = null;
  private readonly tree: ProcessTree;
  private readonly occupied: readonly number[];
  private readonly from: number;
  private next: number;
  private wrapped = false;

  constructor(tree: ProcessTree, from: number, occupied: readonly number[]) {
    this.tree = tree;
    this.occupied = occupied;
    this.from = from;
    this.next = from;
  }

  /** A number from `from` upwards; below it only when the rest is used up. 0: none is left. */
  take(): number {
    const used = (this.used ??= this.numbersInUse());
    for (;;) {
      if (this.next > LARGEST_PID && !this.wrapped) {
        this.wrapped = true;
        this.next = 2;
      }
      if (this.wrapped && this.next >= this.from) return 0;
      const number = this.next++;
      if (!used.has(number)) return number;
    }
  }

  private numbersInUse(): NumberTable {
    const { tree, occupied } = this;
    const used = new NumberTable(tree.size + tree.threadId.length + occupied.length);
    for (const numbers of [tree.pid, tree.pgid, tree.sid, tree.threadId, occupied]) {
      for (let i = 0; i < numbers.length; i++) if (numbers[i]! > 0) used.set(numbers[i]!, 1);
    }
    return used;
  }
}
