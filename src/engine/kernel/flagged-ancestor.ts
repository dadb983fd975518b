/**
 * Flagged ancestor: who is the nearest ancestor of a process that has the subreaper flag (A1–A7), in O(log n)?
 *
 * In: births, adoptions and flag changes, as rows of the process table. Out: the nearest flagged ancestor, or 0.
 * The forest holds the parent relation inside each namespace (a process whose parent lives in another namespace is a
 * root, since the search never crosses a level: A18). A dead process stays as a joint: its children hang from it, and
 * it hangs from whoever adopted them. So a death moves one link however many children it has.
 * Method: a link-cut tree (Sleator, Tarjan) without reversal. Every preferred path is a splay tree ordered by depth;
 * `up` is the parent in it, or from its root the path's parent. Paths come into being by queries only: where there is
 * no query, births and deaths are plain pointer writes.
 * Cost: birth O(1), the others O(log n) amortised; 14 bytes a row. A walk up the parents would be quadratic on a
 * chain whose processes take turns as subreapers.
 */

import { copyColumns } from '../tree/larger-columns.ts';
import { bytes, int32s } from '../tree/scratch.ts';

export class FlaggedAncestors {
  private up: Int32Array;
  private left: Int32Array;
  private right: Int32Array;
  private flagged: Uint8Array;
  /** Is any process flagged in the splay subtree? */
  private some: Uint8Array;

  constructor(capacity: number) {
    this.up = int32s(capacity);
    this.left = int32s(capacity);
    this.right = int32s(capacity);
    this.flagged = bytes(capacity);
    this.some = bytes(capacity);
  }

  reserve(rows: number): void {
    if (rows <= this.up.length) return;
    const larger = new FlaggedAncestors(rows);
    copyColumns(this, larger);
    Object.assign(this, larger);
  }

  /** A birth: `child` hangs from `parent`. A row without a call of this is a root. */
  born(child: number, parent: number): void {
    this.up[child] = parent;
  }

  /** Hangs `row` with everything below it from `adopter`, or makes it a root (0). */
  move(row: number, adopter: number): void {
    this.splay(row);
    const above = this.left[row]!;
    if (above !== 0) {
      this.up[above] = this.up[row]!;
      this.left[row] = 0;
      this.pull(row);
    }
    this.up[row] = adopter;
  }

  setFlag(row: number, on: 0 | 1): void {
    this.splay(row);
    this.flagged[row] = on;
    this.pull(row);
  }

  /** The nearest flagged proper ancestor of `row`, 0 without one. */
  nearest(row: number): number {
    this.access(row);
    let at = this.left[row]!;
    if (at === 0 || this.some[at] === 0) return 0;
    for (;;) {
      const deeper = this.right[at]!;
      if (deeper !== 0 && this.some[deeper] === 1) at = deeper;
      else if (this.flagged[at] === 1) break;
      else at = this.left[at]!;
    }
    this.splay(at);
    return at;
  }

  /** Makes the path from the root to `row` preferred and `row` the root of its splay tree. */
  private access(row: number): void {
    const { up, right } = this;
    let below = 0;
    for (let at = row; at !== 0; at = up[at]!) {
      this.splay(at);
      right[at] = below;
      this.pull(at);
      below = at;
    }
    this.splay(row);
  }

  private isPathRoot(row: number): boolean {
    const above = this.up[row]!;
    return above === 0 || (this.left[above] !== row && this.right[above] !== row);
  }

  private splay(row: number): void {
    while (!this.isPathRoot(row)) {
      const above = this.up[row]!;
      if (!this.isPathRoot(above)) {
        const top = this.up[above]!;
        const zigzig = (this.left[above] === row) === (this.left[top] === above);
        this.rotate(zigzig ? above : row);
      }
      this.rotate(row);
    }
  }

  private rotate(row: number): void {
    const { up, left, right } = this;
    const above = up[row]!;
    const top = up[above]!;
    if (top !== 0) {
      if (left[top] === above) left[top] = row;
      else if (right[top] === above) right[top] = row;
    }
    up[row] = top;
    if (left[above] === row) {
      const middle = right[row]!;
      left[above] = middle;
      if (middle !== 0) up[middle] = above;
      right[row] = above;
    } else {
      const middle = left[row]!;
      right[above] = middle;
      if (middle !== 0) up[middle] = above;
      left[row] = above;
    }
    up[above] = row;
    this.pull(above);
    this.pull(row);
  }

  private pull(row: number): void {
    this.some[row] = this.flagged[row]! | this.some[this.left[row]!]! | this.some[this.right[row]!]!;
  }
}
