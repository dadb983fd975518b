/**
 * Births and deaths of processes from the events of their threads.
 *
 * In: ordered task events, snapshots of /proc where they are asked for. Out: events of docs/births-format.md.
 * Invariant: a caller is named by its process wherever that is known; where threads are not known it is named as it is,
 * and a `lost` says that nothing before can be trusted to hold. Holds the threads and start times of who lives.
 *
 * After the attachment, and after each gap, nobody knows whose thread a number is. A snapshot of /proc that is taken
 * later tells, for numbers that no event between names; so events wait until all of those before the snapshot's end
 * are there.
 */

import { type BirthEvent, earliestStart, latestStart } from '../engine/record/birth-event.ts';
import type { Gap, Ordered } from './event-order.ts';
import type { TaskEvent } from './task-event.ts';
import { ThreadGroups } from './thread-groups.ts';

/** What /proc showed at some moment between two times. */
export interface Snapshot {
  readonly from: number;
  readonly to: number;
  /** Threads but the first of each process, by number: their processes. */
  readonly threads: ReadonlyMap<number, number>;
  /** Start times of all processes in ticks. */
  readonly starts: ReadonlyMap<number, number>;
}

/** Start time of a process that lives, undefined: it is gone. */
export type StartOf = (pid: number) => number | undefined;

export class TaskBirths {
  readonly #startOf: StartOf;
  readonly #groups = new ThreadGroups();
  readonly #starts = new Map<number, number>();
  /** Threads whose own fork event is still to come. */
  readonly #announced = new Set<number>();
  #waiting: Ordered[] = [];
  /** Up to this time events may be missing. */
  #lossyUntil: number;
  #synced = false;
  #snapshot: Snapshot | null = null;

  constructor(attached: number, startOf: StartOf) {
    this.#lossyUntil = attached;
    this.#startOf = startOf;
  }

  /** A snapshot taken now would help. */
  get wantsSnapshot(): boolean {
    return !this.#synced && this.#snapshot === null && !this.#waiting.some(isGap);
  }

  /** Events wait for a snapshot, or for what comes before its end. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0 || !this.#synced;
  }

  get threads(): number {
    return this.#groups.size;
  }

  useSnapshot(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
  }

  /**
   * @param items further ones, in order
   * @param limit nothing older than this comes any more
   * @param held what has been read of later times
   */
  take(items: readonly Ordered[], limit: number, held: readonly Ordered[]): BirthEvent[] {
    const out: BirthEvent[] = [];
    const queue = this.#waiting.length > 0 ? [...this.#waiting, ...items] : items;
    const gaps = queue.some(isGap) || held.some(isGap);
    const ended = new Set<number>();
    for (const later of [queue, held])
      for (const item of later) if (item.kind === 'exit') ended.add(item.task);
    let next = 0;
    for (;;) {
      const item = queue[next];
      if (item && isGap(item)) {
        this.#lose(item, item.time, out);
        next++;
      } else if (item && item.time <= this.#lossyUntil) {
        this.#named(item, out);
        next++;
      } else if (!this.#synced) {
        if (!this.#sync(queue.slice(next), limit, out)) break;
      } else if (item) {
        this.#translated(item, gaps, ended, out);
        next++;
      } else break;
    }
    this.#waiting = queue.slice(next);
    return out;
  }

  /** No more comes: what waits still is told as it is. */
  finish(now: number): BirthEvent[] {
    if (this.#waiting.length === 0) return [];
    const out: BirthEvent[] = [];
    this.#lose({ kind: 'gap', time: this.#lossyUntil, until: now, count: 0 }, this.#lossyUntil, out);
    out.push(...this.take([], now, []));
    return out;
  }

  #lose({ until, since, count }: Gap, time: number, out: BirthEvent[]): void {
    out.push({
      ...{ event: 'lost', time, until },
      ...(since === undefined ? {} : { since }),
      ...(count > 0 ? { count } : {}),
    });
    this.#lossyUntil = Math.max(this.#lossyUntil, until);
    this.#synced = false;
    if (this.#snapshot && this.#snapshot.from < this.#lossyUntil) this.#snapshot = null;
    this.#groups.clear();
    this.#starts.clear();
  }

  /** @returns false where events, or a snapshot, have to come before it goes on */
  #sync(queue: readonly Ordered[], limit: number, out: BirthEvent[]): boolean {
    const snapshot = this.#snapshot;
    const gap = queue.find(isGap);
    if (gap && (!snapshot || gap.time <= snapshot.to)) {
      // What lies between the two gaps is never known better.
      this.#lose({ ...gap, until: Math.max(gap.time, gap.until) }, this.#lossyUntil, out);
      return true;
    }
    if (!snapshot || limit < snapshot.to) return false;
    const touched = new Set<number>();
    for (const item of queue) {
      if (item.time > snapshot.to || isGap(item)) break;
      touched.add(item.task);
      if (item.kind === 'exec') touched.add(item.caller);
    }
    for (const [task, process] of snapshot.threads) if (!touched.has(task)) this.#groups.add(task, process);
    const time = this.#lossyUntil;
    for (const [pid, start] of snapshot.starts) {
      if (start >= earliestStart(time)) continue;
      this.#starts.set(pid, start);
      out.push({ event: 'alive', pid, time, start });
    }
    this.#announced.clear();
    this.#snapshot = null;
    this.#synced = true;
    return true;
  }

  /** As the event has it: threads are not known here. */
  #named(item: TaskEvent, out: BirthEvent[]): void {
    const { kind, time, task } = item;
    if (kind === 'thread') this.#announced.add(task);
    else if (kind === 'fork') {
      if (!this.#announced.delete(task)) {
        out.push({ event: 'fork', parent: item.caller, child: task, time });
      }
    } else if (kind === 'exit' && item.last) out.push({ event: 'exit', pid: task, time });
  }

  #translated(item: TaskEvent, gaps: boolean, ended: ReadonlySet<number>, out: BirthEvent[]): void {
    const { kind, time, task } = item;
    if (kind === 'thread') {
      this.#announced.add(task);
      this.#groups.add(task, this.#groups.processOf(item.caller));
    } else if (kind === 'exec') this.#groups.exec(task, item.caller);
    else if (kind === 'exit') {
      this.#announced.delete(task);
      const pid = this.#groups.exit(task, item.last);
      if (pid === 0) return;
      out.push({ event: 'exit', pid, time, ...named('start', this.#starts.get(pid)) });
      this.#starts.delete(pid);
    } else if (!this.#announced.delete(task)) {
      // A thread that becomes its process's first gives its number up before its exec event.
      this.#groups.drop(task);
      const parent = this.#groups.processOf(item.caller);
      const parentStart = named('parentStart', this.#starts.get(parent));
      // Read when its tick is over, and no exit of the number has been seen since: it is the child's own.
      const read = gaps || ended.has(task) ? undefined : this.#startOf(task);
      const start = read === undefined || read > latestStart(time) ? undefined : read;
      if (start === undefined) this.#starts.delete(task);
      else this.#starts.set(task, start);
      out.push({ event: 'fork', parent, child: task, time, ...parentStart, ...named('childStart', start) });
    }
  }
}

const isGap = (item: Ordered): item is Gap => item.kind === 'gap';

const named = <N extends string>(name: N, value: number | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { readonly [K in N]?: number };
