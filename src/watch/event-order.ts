/**
 * Events of several CPUs in the order of their times.
 *
 * In: events of each CPU as they are read, and gaps: spans of time in which a CPU's events were overwritten. Out: what
 * lies before a time, sorted. Invariant: nothing is given out before something older that comes later, or the gap that
 * tells of it says so (`since`). Cost: a sort of what is given out.
 */

import type { TaskEvent } from './task-event.ts';

/** Events are missing somewhere between `time` and `until`; where `since` is given, from then on. */
export interface Gap {
  readonly kind: 'gap';
  readonly time: number;
  readonly until: number;
  readonly count: number;
  readonly since?: number;
}

export type Ordered = TaskEvent | Gap;

export class EventOrder {
  #held: Ordered[] = [];
  /** Everything before it has been given out. */
  #released = 0;

  get held(): readonly Ordered[] {
    return this.#held;
  }

  add(event: TaskEvent): void {
    if (event.time < this.#released) this.gap(event.time, this.#released, 1);
    else this.#held.push(event);
  }

  gap(from: number, until: number, count: number): void {
    if (from >= this.#released) this.#held.push({ kind: 'gap', time: from, until, count });
    else {
      const time = this.#released;
      this.#held.push({ kind: 'gap', time, until: Math.max(until, time), count, since: from });
    }
  }

  /** What lies before `limit`, the oldest first; a gap stands before the events of its time. */
  release(limit: number): Ordered[] {
    if (limit <= this.#released) return [];
    const ready = this.#held.filter(({ time }) => time < limit);
    this.#held = this.#held.filter(({ time }) => time >= limit);
    this.#released = limit;
    return ready.sort((a, b) => a.time - b.time || Number(b.kind === 'gap') - Number(a.kind === 'gap'));
  }
}
