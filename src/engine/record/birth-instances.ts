/**
 * Events of a record as instances: one for each process that the record is known to speak of.
 *
 * In: events in the order of their times. Out: a table of instances, each after the one that created it, and for every
 * number the last of them. Invariant: two events are put to one instance only where they certainly speak of the same
 * process; where they may, the earlier instance points at the later one (`again`).
 *
 * Rule relied on: the kernel gives a number, then sets the start time, then fires the tracepoint of the fork. So the
 * start of an instance lies after the last event of the number's former holder and before its own first event, and
 * whoever was seen after a tick was not started in it by anybody later.
 * Cost: O(1) for each event; an instance for each birth.
 */

import { type BirthEvent, earliestStart, latestStart } from './birth-event.ts';

export interface Instance {
  /** NOBODY: somebody whose number is not recorded. */
  readonly pid: number;
  /** Ticks; NaN unknown. */
  start: number;
  /** Ticks between which it was started; both are `start` where that is known. */
  earliest: number;
  latest: number;
  /** Instance that forked it; −1: not recorded. */
  parent: number;
  /** The instance of the same number before it, −1 none. */
  readonly previous: number;
  /** Times of the first and of the last event that name it, and the places of these events in the record. */
  readonly seen: number;
  last: number;
  readonly seenAt: number;
  lastAt: number;
  /** How many losses there had been when it was seen last. */
  losses: number;
  exited: boolean;
  /** A later instance of the number that may be the same process; −1: it certainly ended before the next one. */
  again: number;
}

export const NOBODY = -1;

/** An attachment or a loss. */
export interface Mark {
  readonly event: Extract<BirthEvent, { event: 'attach' | 'lost' }>;
  readonly at: number;
}

/** Could it have been started in this tick? */
export const fits = ({ earliest, latest }: Instance, started: number): boolean =>
  earliest <= started && started <= latest;

export class BirthInstances {
  readonly all: Instance[] = [];
  readonly marks: Mark[] = [];
  /** The last instance of a number. */
  readonly current = new Map<number, number>();
  losses = 0;
  /** Up to when events may be missing; NaN: none is. */
  private lossy = Number.NaN;
  private at = 0;

  /** How many losses there are at the end: the record may end where events are missing. */
  get lossesAtEnd(): number {
    return this.losses + (Number.isNaN(this.lossy) ? 0 : 1);
  }

  add(event: BirthEvent): void {
    this.at++;
    if (!Number.isNaN(this.lossy)) {
      this.losses++;
      if (event.time >= this.lossy) this.lossy = Number.NaN;
    }
    switch (event.event) {
      case 'fork': {
        const { parent, parentAt, parentStart, child, childStart, time } = event;
        const held = parentAt === undefined ? -1 : this.holder(parent, parentAt);
        const by = held >= 0 ? held : this.named(parent, parentStart, time);
        this.begin(child, childStart, by, time, false);
        return;
      }
      case 'birth': {
        const unknown = this.begin(NOBODY, undefined, -1, event.ancestorBefore, false);
        this.begin(event.child, event.childStart, unknown, event.time, false);
        return;
      }
      case 'alive':
        this.named(event.pid, event.start, event.time);
        return;
      case 'exit':
        this.all[this.named(event.pid, event.start, event.time, true)]!.exited = true;
        return;
      case 'lost':
        if (event.until !== undefined && !(this.lossy > event.until)) this.lossy = event.until;
        if (event.since !== undefined) this.doubt(event.since);
        this.losses++;
        this.marks.push({ event, at: this.at });
        return;
      case 'attach':
        this.losses++;
        this.marks.push({ event, at: this.at });
    }
  }

  /** By instance: the last one of its number that may be the same process. Later instances have higher indexes. */
  lastNamesakes(): Int32Array {
    const last = new Int32Array(this.all.length);
    for (let i = this.all.length - 1; i >= 0; i--) {
      const { again } = this.all[i]!;
      last[i] = again >= 0 ? last[again]! : i;
    }
    return last;
  }

  /** Events are missing among those since then: who made whom, and who was seen, is not proven by them. */
  private doubt(since: number): void {
    for (const instance of this.all) {
      instance.last = Math.min(instance.last, Math.max(since, instance.seen));
      if (instance.seen < since) continue;
      instance.parent = -1;
      if (Number.isNaN(instance.start)) instance.earliest = 0;
    }
  }

  /** The instance that had a number at a time, −1 where none is recorded. */
  private holder(pid: number, time: number): number {
    let i = this.current.get(pid) ?? -1;
    while (i >= 0 && this.all[i]!.seen > time) i = this.all[i]!.previous;
    return i;
  }

  /** The instance that an event speaks of: the current one of the number, or one whose birth was not recorded. */
  private named(pid: number, start: number | undefined, time: number, exits = false): number {
    const known = this.current.get(pid);
    if (known === undefined) return this.begin(pid, start, -1, time, false);
    const instance = this.all[known]!;
    const other = start === undefined ? instance.exited && !exits : !fits(instance, start);
    if (!other && (instance.losses === this.losses || this.identified(instance, start))) {
      instance.losses = this.losses;
      instance.last = time;
      instance.lastAt = this.at;
      if (start !== undefined) instance.start = instance.earliest = instance.latest = start;
      return known;
    }
    const i = this.begin(pid, start, -1, time, !other);
    if (!other) instance.again = i;
    return i;
  }

  /** Does this start time, which fits, prove the instance through a loss? */
  private identified({ start: known, last }: Instance, start: number | undefined): boolean {
    return start !== undefined && (known === start || start < earliestStart(last));
  }

  private begin(
    pid: number,
    start: number | undefined,
    parent: number,
    seen: number,
    maybeSame: boolean,
  ): number {
    const previous = pid === NOBODY ? -1 : (this.current.get(pid) ?? -1);
    const former = previous < 0 ? null : this.all[previous]!;
    const earliest = !former ? 0 : maybeSame ? former.earliest : earliestStart(former.last);
    const i = this.all.length;
    this.all.push({
      pid,
      start: start ?? Number.NaN,
      earliest: start ?? earliest,
      latest: start ?? latestStart(seen),
      parent,
      previous,
      seen,
      last: seen,
      seenAt: this.at,
      lastAt: this.at,
      losses: this.losses,
      exited: false,
      again: -1,
    });
    if (pid !== NOBODY) this.current.set(pid, i);
    return i;
  }
}
