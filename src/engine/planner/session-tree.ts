/**
 * Session tree Σ: edges from a session to the birth session of its leader (theory, section 2.1).
 *
 * In: birth session of each session, −1 for the roots of the forest. Out: ancestor tests in O(1), the child towards a
 * descendant by binary search. Invariant: children of a session stand in the order of their entry times.
 * Cost: O(m), no recursion. A cycle shows as sessions that are not reached.
 */

import { descentFromRoots, type Rows } from '../tree/adjacency.ts';
import {
  childToward,
  isAtOrAbove,
  type SubtreeIntervals,
  subtreeIntervals,
} from '../tree/subtree-intervals.ts';

export class SessionTree {
  readonly reached: number;
  private readonly children: Rows;
  private readonly intervals: SubtreeIntervals;

  constructor(birth: Int32Array) {
    const { children, order } = descentFromRoots(birth);
    this.reached = order.length;
    this.children = children;
    this.intervals = subtreeIntervals(birth, order);
  }

  /** Is a equal to s, or above it? */
  isAbove(a: number, s: number): boolean {
    return isAtOrAbove(this.intervals, a, s);
  }

  /** The child of a that is s or above it; a must be strictly above s. */
  childToward(a: number, s: number): number {
    return childToward(this.children, this.intervals.enter, a, s);
  }
}
