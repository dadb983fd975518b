/**
 * Namespace table: the pid namespaces of a run as columns, in order of their making (parents before children).
 *
 * Row OUTER stands for whatever lies above the image and gives no numbers; row LEVEL_ZERO is the outermost namespace
 * of the image. `used` counts the numbers in use in a namespace, those of the namespaces below it included: the exit
 * of an init finishes when only its own is left (G17–G20, G33).
 */

import { larger } from '../tree/larger-columns.ts';

export const OUTER = 0;
export const LEVEL_ZERO = 1;

/** `init` of a namespace made by unshare that has no process yet. */
export const UNBORN = -1;

export class NamespaceTable {
  count = 2;
  parent = new Int32Array(8);
  level = new Int32Array(8);
  /** Row of the init in the process table, or UNBORN. */
  init = new Int32Array(8);
  used = new Int32Array(8);
  /** Live processes with the subreaper flag on, the init not counted: there the flag changes nothing (A23). */
  flagged = new Int32Array(8);

  /** The numbers of all processes on levels 1 and deeper; a process knows where its own begin. */
  pool = new Int32Array(0);
  poolLength = 0;

  constructor() {
    this.level[OUTER] = -1;
    this.parent[LEVEL_ZERO] = OUTER;
  }

  /** A namespace below `parent`, without a process yet. */
  make(parent: number): number {
    const made = this.count++;
    if (made === this.parent.length) {
      const capacity = made * 2;
      this.parent = larger(this.parent, capacity);
      this.level = larger(this.level, capacity);
      this.init = larger(this.init, capacity);
      this.used = larger(this.used, capacity);
      this.flagged = larger(this.flagged, capacity);
    }
    this.parent[made] = parent;
    this.level[made] = this.level[parent]! + 1;
    this.init[made] = UNBORN;
    return made;
  }

  /** True where `namespace` is `ancestor` or lies below it. Cost: the levels between them. */
  within(namespace: number, ancestor: number): boolean {
    const level = this.level[ancestor]!;
    let at = namespace;
    while (this.level[at]! > level) at = this.parent[at]!;
    return at === ancestor;
  }

  /** The namespace of `level` at or above `namespace`. */
  atLevel(namespace: number, level: number): number {
    let at = namespace;
    while (this.level[at]! > level) at = this.parent[at]!;
    return at;
  }

  /** Keeps the inner numbers of a process: `count` of them from `numbers[from]`. Returns their offset. */
  keepNumbers(numbers: ArrayLike<number>, from: number, count: number): number {
    const offset = this.poolLength;
    if (offset + count > this.pool.length) this.pool = larger(this.pool, Math.max(64, (offset + count) * 2));
    for (let i = 0; i < count; i++) this.pool[offset + i] = numbers[from + i]!;
    this.poolLength = offset + count;
    return offset;
  }
}
