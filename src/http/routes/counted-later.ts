/**
 * Observations that are counted together: a hundred at a time, and before the metrics are told.
 *
 * Why: what counts is code and memory that nothing else of a request uses. With what it needs in the processor's caches, the
 * metrics of a request took 4 µs of its time, with none of it there 70.
 */

const TOGETHER = 100;

export class CountedLater<T> {
  private readonly count: (one: T) => void;
  private waiting: T[] = [];

  constructor(count: (one: T) => void) {
    this.count = count;
  }

  add(one: T): void {
    if (this.waiting.push(one) >= TOGETHER) this.countAll();
  }

  countAll(): void {
    const all = this.waiting;
    this.waiting = [];
    for (const one of all) this.count(one);
  }
}
