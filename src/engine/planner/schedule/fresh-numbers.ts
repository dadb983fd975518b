/**
 * Fresh numbers for helpers that may have any: the next one that no pid, tid, pgid or sid of the image uses at any
 * level and that is not taken on the target. Where these are used up, the numbers of helpers that are dead and reaped come again,
 * the one that was free first at first (D3), and only then numbers below the least one.
 *
 * Invariant: nobody has the number of somebody who has not given it back. Whoever takes numbers in another order than
 * that of the steps gives none back.
 * Cost: O(numbers of the image) when the first is taken, of the dead where these are given, then amortised O(1).
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
  private readonly ofTheDead: () => Iterable<number>;
  private readonly from: number;
  private next: number;
  private below = 2;
  private readonly given: number[] = [];
  private reused = 0;

  /**
   * @param lastResort numbers below `from` may be taken when nothing else is left
   * @param ofTheDead numbers of all sessions and groups that are no pid, and perhaps of others; by default they are looked for
   */
  constructor(
    tree: ProcessTree,
    from: number,
    occupied: readonly number[],
    lastResort = true,
    ofTheDead: () => Iterable<number> = () => sessionsAndGroups(tree),
  ) {
    this.tree = tree;
    this.ofTheDead = ofTheDead;
    this.occupied = occupied;
    this.from = from;
    this.next = from;
    if (!lastResort) this.below = from;
  }

  /** 0: none is left. */
  take(): number {
    for (; this.next <= LARGEST_PID; this.next++) if (this.isFree(this.next)) return this.next++;
    if (this.reused < this.given.length) return this.given[this.reused++]!;
    for (; this.below < this.from; this.below++) if (this.isFree(this.below)) return this.below++;
    return 0;
  }

  /** A helper with this number is dead and reaped; a number that the image uses is not free thereby. */
  giveBack(number: number): void {
    if (this.isFree(number)) this.given.push(number);
  }

  private isFree(number: number): boolean {
    const others = (this.others ??= this.otherNumbers());
    return this.tree.indexOf(number) < 0 && !others.has(number);
  }

  private otherNumbers(): NumberTable {
    const { tree, occupied } = this;
    const others = new NumberTable(tree.threadId.length + occupied.length);
    const look = (number: number): void => {
      if (number > 0 && tree.indexOf(number) < 0) others.set(number, 1);
    };
    for (const number of tree.threadId) look(number);
    for (const number of occupied) look(number);
    for (const number of this.ofTheDead()) look(number);
    if (tree.levels) {
      const { pid, pgid, sid } = tree.levels;
      for (const numbers of [pid, pgid, sid]) for (const number of numbers) look(number);
    }
    return others;
  }
}

/** Numbers of those that are neither their own nor their parents'. */
function* sessionsAndGroups({ size, parent, pid, pgid, sid }: ProcessTree): Iterable<number> {
  for (let i = 0; i < size; i++) {
    const p = parent[i]!;
    if (sid[i] !== pid[i] && sid[i] !== sid[p]) yield sid[i]!;
    if (pgid[i] !== sid[i] && pgid[i] !== pid[i] && pgid[i] !== pgid[p]) yield pgid[i]!;
  }
}
