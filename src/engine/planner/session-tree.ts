/**
 * Session tree Σ: edges from a session to the birth session of its leader (theory, section 2.1).
 *
 * In: birth session of each session, −1 for the roots of the forest. Out: ancestor tests in O(1), the child towards a
 * descendant by binary search. Invariant: children of a session stand in the order of their entry times.
 * Cost: O(m), no recursion. A cycle shows as sessions that are never entered.
 */

import { copyOf, int32s } from '../tree/scratch.ts';
import { childRows, type Rows } from './adjacency.ts';

export class SessionTree {
  readonly reached: number;
  private readonly children: Rows;
  private readonly enter: Int32Array;
  private readonly leave: Int32Array;

  constructor(count: number, birth: Int32Array) {
    this.children = childRows(count, birth);
    this.enter = int32s(count, -1);
    this.leave = int32s(count, -1);
    this.reached = this.tour(count, birth);
  }

  /** Is a equal to s, or above it? */
  isAbove(a: number, s: number): boolean {
    return this.enter[a]! <= this.enter[s]! && this.enter[s]! < this.leave[a]!;
  }

  /** The child of a that is s or above it; a must be strictly above s. */
  childToward(a: number, s: number): number {
    const { offset, items } = this.children;
    let low = offset[a]!;
    let high = offset[a + 1]! - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.enter[items[middle]!]! <= this.enter[s]!) low = middle;
      else high = middle - 1;
    }
    return items[low]!;
  }

  private tour(count: number, birth: Int32Array): number {
    const { offset, items } = this.children;
    const { enter, leave } = this;
    const next = copyOf(offset, count);
    const stack = int32s(count);
    let clock = 0;
    for (let s = 0; s < count; s++) {
      if (birth[s]! >= 0) continue;
      let depth = 0;
      stack[0] = s;
      enter[s] = clock++;
      while (depth >= 0) {
        const top = stack[depth]!;
        if (next[top]! < offset[top + 1]!) {
          const child = items[next[top]!++]!;
          enter[child] = clock++;
          stack[++depth] = child;
        } else {
          leave[top] = clock;
          depth--;
        }
      }
    }
    return clock;
  }
}
