/**
 * Relations of pid namespaces: who lies within whom (namespaces.md, section 6).
 *
 * In: the forest of a tree, parents first. Out: tests in O(1) by subtree intervals, climbs of at most 32 levels.
 * Notation of the theory: N ⊑ M is `isWithin(N, M)`. OUTER stands for what lies outside level 0, above all.
 * Kernel rules: G21, G27.
 */

import type { ColumnOf, NamespaceIndex, ProcessIndex } from '../../tree/index-kinds.ts';
import type { PidNamespace } from '../../tree/process-tree.ts';
import { isAtOrAbove, type SubtreeIntervals, subtreeIntervals } from '../../tree/subtree-intervals.ts';

/** The namespace of sessions and groups from outside the image. */
export const OUTER = -1;

export class NamespaceRelations {
  readonly count: number;
  readonly parent: ColumnOf<NamespaceIndex>;
  readonly level: Int32Array;
  /** Process that is a namespace's init, −1 where level 0 has it outside. */
  readonly init: ColumnOf<ProcessIndex>;
  private readonly intervals: SubtreeIntervals;

  constructor(namespaces: readonly PidNamespace[]) {
    this.count = namespaces.length;
    this.parent = Int32Array.from(namespaces, (n) => n.parent);
    this.level = Int32Array.from(namespaces, (n) => n.level);
    this.init = Int32Array.from(namespaces, (n) => n.init);
    const { enter, below } = subtreeIntervals(this.parent);
    this.intervals = { enter: enter.slice(), below: below.slice() };
  }

  /** n ⊑ m: n is m or lies below it. */
  isWithin(n: NamespaceIndex, m: NamespaceIndex): boolean {
    if (m === OUTER) return true;
    if (n === OUTER) return false;
    return isAtOrAbove(this.intervals, m, n);
  }

  /** n ⊏ m. */
  isStrictlyWithin(n: NamespaceIndex, m: NamespaceIndex): boolean {
    return n !== m && this.isWithin(n, m);
  }

  /** The namespace at or above n on this level. */
  ancestorAt(n: NamespaceIndex, level: number): NamespaceIndex {
    let m = n;
    while (this.level[m]! > level) m = this.parent[m]!;
    return m;
  }

  /** The deepest namespace that holds both. */
  common(a: NamespaceIndex, b: NamespaceIndex): NamespaceIndex {
    if (a === OUTER || b === OUTER) return OUTER;
    let m = a;
    while (!this.isWithin(b, m)) m = this.parent[m]!;
    return m;
  }
}
