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
  /** Numbers in use that are no pid. */
  private others: NumberTable | null = null;
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
    const others = (this.others ??= this.otherNumbers());
    for (;;) {
      if (this.next > LARGEST_PID && !this.wrapped) {
        this.wrapped = true;
        this.next = 2;
      }
      if (this.wrapped && this.next >= this.from) return 0;
      const number = this.next++;
      if (this.tree.indexOf(number) < 0 && !others.has(number)) return number;
    }
  }

  private otherNumbers(): NumberTable {
    const { tree, occupied } = this;
    const others = new NumberTable(tree.threadId.length + occupied.length);
    for (const numbers of [tree.threadId, occupied, tree.pgid, tree.sid]) {
      for (let i = 0; i < numbers.length; i++) {
        const number = numbers[i]!;
        if (number > 0 && tree.indexOf(number) < 0) others.set(number, 1);
      }
    }
    return others;
  }
}
