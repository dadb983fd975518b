/** Many small sets of step indexes, as linked lists in two shared columns: no object a set. */

import { larger } from '../../tree/larger-columns.ts';

export class StepSets {
  private readonly head: Int32Array;
  private next = new Int32Array(256);
  private step = new Int32Array(256);
  private used = 0;

  /** @param keys sets are numbered 0 .. keys − 1, all empty at first */
  constructor(keys: number) {
    this.head = new Int32Array(keys).fill(-1);
  }

  add(key: number, step: number): void {
    if (this.used === this.step.length) {
      this.next = larger(this.next, this.used * 2);
      this.step = larger(this.step, this.used * 2);
    }
    this.step[this.used] = step;
    this.next[this.used] = this.head[key]!;
    this.head[key] = this.used++;
  }

  /** Hands every step of the set to `take`, latest first. */
  each(key: number, take: (step: number) => void): void {
    for (let i = this.head[key]!; i >= 0; i = this.next[i]!) take(this.step[i]!);
  }

  clear(key: number): void {
    this.head[key] = -1;
  }
}
