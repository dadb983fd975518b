/**
 * Ready events: those that may come next, in an order of their own.
 *
 * In: events one after the other. Out: of those that are there, the one that comes next. `room` has a place for each.
 * Cost: O(1) by the last, a logarithm by time.
 */

/** What became possible last. */
export class LastFirst {
  size = 0;
  private readonly events: Int32Array;

  constructor(room: Int32Array) {
    this.events = room;
  }

  add(event: number): void {
    this.events[this.size++] = event;
  }

  take(): number {
    return this.events[--this.size]!;
  }
}

/** What has the least time: a binary heap. */
export class LeastFirst {
  size = 0;
  private readonly events: Int32Array;
  private readonly times: Float64Array;

  constructor(room: Int32Array, times: Float64Array) {
    this.events = room;
    this.times = times;
  }

  add(event: number): void {
    const { events } = this;
    let at = this.size++;
    for (let above = (at - 1) >> 1; at > 0 && this.isBefore(event, events[above]!); above = (at - 1) >> 1) {
      events[at] = events[above]!;
      at = above;
    }
    events[at] = event;
  }

  take(): number {
    const { events } = this;
    const least = events[0]!;
    const last = events[--this.size]!;
    let at = 0;
    for (let below = 1; below < this.size; below = 2 * at + 1) {
      if (below + 1 < this.size && this.isBefore(events[below + 1]!, events[below]!)) below++;
      if (!this.isBefore(events[below]!, last)) break;
      events[at] = events[below]!;
      at = below;
    }
    events[at] = last;
    return least;
  }

  /** Of two with one time the smaller. */
  private isBefore(a: number, b: number): boolean {
    const difference = this.times[a]! - this.times[b]!;
    return difference < 0 || (!(difference > 0) && a < b);
  }
}
