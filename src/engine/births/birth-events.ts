/**
 * From recorded births and deaths to closest alive born ancestors (format: docs/births-format.md).
 *
 * In: a tree and events in the order of their times, keyed by pid and, where the recorder knows it, by start time.
 * Out: for every process its closest alive born ancestor where the events prove it; else a set that it is certainly
 * in, or nothing. Invariant: whatever is given as known is right, if the events are.
 *
 * A number can belong to several processes one after the other, so events speak of instances. The way up from a
 * process goes from instance to instance by fork events until one is in the image. It is broken where
 *   the recorder was attached after that birth, so that there is no fork event;
 *   events were lost: the number may have been passed on unseen, so an instance known before is the same afterwards
 *   only where the start time says so.
 * A broken way ends at an instance of unknown birth that was there at some time: the ancestor was born before it.
 * Cost: O(events + n) for what is known; bounds cost O(n) for each broken process, within BOUNDED_WORK. One pid namespace: level-0 numbers.
 */

import { ZOMBIE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { UNKNOWN } from './birth-map.ts';

/** `time`: nanoseconds since boot. `start` values: clock ticks since boot, as in /proc/[pid]/stat and `startTime`. */
export type BirthEvent =
  | {
      readonly event: 'fork';
      /** Who called, also with CLONE_PARENT; a process, not a thread. */
      readonly parent: number;
      readonly child: number;
      readonly time: number;
      readonly parentStart?: number;
      readonly childStart?: number;
    }
  | { readonly event: 'exit'; readonly pid: number; readonly time: number; readonly start?: number }
  /** Events may be missing since the one before. */
  | { readonly event: 'lost'; readonly time: number; readonly count?: number }
  /** The recorder begins: what lives has births that it did not see. */
  | { readonly event: 'attach'; readonly time: number };

export interface RecordedBirths {
  /** By process: pid of the closest alive born ancestor, 0 outside, −1 unknown. */
  readonly caba: Int32Array;
  /** For unknown ones: pids that it is certainly among, where that excludes any. */
  readonly bounded: ReadonlyMap<number, readonly number[]>;
  readonly counts: { readonly known: number; readonly bounded: number; readonly unknown: number };
  /** Pids of living processes whose last event says that they have exited: the record goes on after the image. */
  readonly exited: readonly number[];
}

/** Broken ways times processes of the tree, up to which bounds are worked out. */
const BOUNDED_WORK = 4_000_000;

interface Instance {
  readonly pid: number;
  /** Ticks; NaN unknown. */
  start: number;
  /** Instance that forked it; −1: not recorded. */
  readonly parent: number;
  /** Time of the first event that names it: it lived then. */
  readonly seen: number;
  /** How many losses there had been when it was seen last. */
  losses: number;
  exited: boolean;
  /** A later instance of the number that may be the same process; −1: it certainly ended before the next one. */
  again: number;
}

/** End of a way that is broken at an instance which may be in the image itself. */
const NOWHERE = -1;
/** End of a way that is broken at an instance of unknown birth. */
const breakAt = (instance: number): number => -2 - instance;
const brokenAt = (end: number): number => -2 - end;

export function applyBirthEvents(tree: ProcessTree, events: Iterable<BirthEvent>): RecordedBirths {
  const record = new BirthRecord(tree);
  for (const event of events) record.add(event);
  return record.births();
}

/** The tree with what is known filled in; what its image says stays. */
export function treeWithBirths(tree: ProcessTree, { caba }: Pick<RecordedBirths, 'caba'>): ProcessTree {
  const filled = caba.map((x, q) => (tree.caba && tree.caba[q]! >= 0 ? tree.caba[q]! : x));
  return { ...tree, caba: filled.some((x) => x >= 0) ? filled : null };
}

/** Events as they come; what they prove when there are no more. Holds an instance for each birth. */
export class BirthRecord {
  private readonly tree: ProcessTree;
  private readonly instances: Instance[] = [];
  /** The last instance of a number. */
  private readonly current = new Map<number, number>();
  private losses = 0;

  constructor(tree: ProcessTree) {
    this.tree = tree;
  }

  births(): RecordedBirths {
    const { tree } = this;
    const { instanceOf, exited } = this.inImage();
    const processOf = new Int32Array(this.instances.length).fill(-1);
    for (let q = 0; q < tree.size; q++) if (instanceOf[q]! >= 0) processOf[instanceOf[q]!] = q;
    const ends = this.endsOfWays(processOf);

    const caba = new Int32Array(tree.size).fill(UNKNOWN);
    const broken: [number, number][] = [];
    const counts = { known: 0, bounded: 0, unknown: 0 };
    caba[0] = 0;
    for (let q = 1; q < tree.size; q++) {
      const i = instanceOf[q]!;
      const end = i < 0 ? NOWHERE : ends[i]!;
      if (end >= 0) {
        caba[q] = tree.pid[processOf[end]!]!;
        counts.known++;
      } else broken.push([q, end === NOWHERE ? -1 : brokenAt(end)]);
    }
    const bounded = new Map<number, readonly number[]>();
    for (const [q, last] of broken) {
      const among = broken.length * tree.size <= BOUNDED_WORK ? this.bornBefore(instanceOf, q, last) : null;
      if (among && among.length < tree.size - 1) {
        bounded.set(tree.pid[q]!, among);
        counts.bounded++;
      } else counts.unknown++;
    }
    return { caba, bounded, counts, exited };
  }

  add(event: BirthEvent): void {
    switch (event.event) {
      case 'fork': {
        const parent = this.instance(event.parent, event.parentStart, event.time);
        this.begin(event.child, event.childStart ?? Number.NaN, parent, event.time);
        return;
      }
      case 'exit':
        this.instances[this.instance(event.pid, event.start, event.time)]!.exited = true;
        return;
      case 'lost':
      case 'attach':
        this.losses++;
    }
  }

  /** The instance that an event speaks of: the current one of the number, or one whose birth was not recorded. */
  private instance(pid: number, start: number | undefined, time: number): number {
    const known = this.current.get(pid);
    if (known !== undefined) {
      const instance = this.instances[known]!;
      const same = start !== undefined && instance.start === start;
      const other = start !== undefined && !Number.isNaN(instance.start) && instance.start !== start;
      if (same || (!other && !instance.exited && instance.losses === this.losses)) {
        instance.losses = this.losses;
        if (start !== undefined) instance.start = start;
        return known;
      }
      const i = this.begin(pid, start ?? Number.NaN, -1, time);
      if (!other && !instance.exited) instance.again = i;
      return i;
    }
    return this.begin(pid, start ?? Number.NaN, -1, time);
  }

  private begin(pid: number, start: number, parent: number, seen: number): number {
    const fresh = { pid, start, parent, seen, losses: this.losses, exited: false, again: -1 };
    const i = this.instances.push(fresh) - 1;
    this.current.set(pid, i);
    return i;
  }

  /** The instance of each process of the image, −1 where it is not certain which. */
  private inImage(): { instanceOf: Int32Array; exited: number[] } {
    const { tree, instances } = this;
    const instanceOf = new Int32Array(tree.size).fill(-1);
    const exited: number[] = [];
    for (let q = 0; q < tree.size; q++) {
      const i = this.current.get(tree.pid[q]!);
      if (i === undefined) continue;
      const { start, losses, exited: gone } = instances[i]!;
      if (gone && tree.state[q] !== ZOMBIE) {
        exited.push(tree.pid[q]!);
        continue;
      }
      const started = tree.startTime ? tree.startTime[q]! : Number.NaN;
      if (Number.isNaN(started) || Number.isNaN(start) ? losses === this.losses : started === start) {
        instanceOf[q] = i;
      }
    }
    return { instanceOf, exited };
  }

  /**
   * Where the way up from each instance ends: at an instance that is in the image, or broken. An instance comes after
   * the one that created it, so that one sweep suffices.
   */
  private endsOfWays(processOf: Int32Array): Int32Array {
    const { instances } = this;
    const lastNamesakes = this.lastNamesakes();
    const ends = new Int32Array(instances.length);
    for (let i = 0; i < instances.length; i++) {
      const above = instances[i]!.parent;
      if (above < 0) ends[i] = breakAt(i);
      else if (processOf[above]! >= 0) ends[i] = above;
      else if (this.mayBeInImage(above, lastNamesakes[above]!)) ends[i] = NOWHERE;
      else ends[i] = ends[above]!;
    }
    return ends;
  }

  /** By instance: the last one of its number that may be the same process. Later instances have higher indexes. */
  private lastNamesakes(): Int32Array {
    const { instances } = this;
    const last = new Int32Array(instances.length);
    for (let i = instances.length - 1; i >= 0; i--) {
      const { again } = instances[i]!;
      last[i] = again >= 0 ? last[again]! : i;
    }
    return last;
  }

  /** Could this instance, which is not certainly in the image, be there all the same? */
  private mayBeInImage(first: number, last: number): boolean {
    const { tree, instances } = this;
    const { pid, start } = instances[first]!;
    const q = tree.indexOf(pid);
    if (q < 0 || this.current.get(pid) !== last) return false;
    if (instances[last]!.exited && tree.state[q] !== ZOMBIE) return false;
    const started = tree.startTime ? tree.startTime[q]! : Number.NaN;
    return Number.isNaN(started) || Number.isNaN(start) || started === start;
  }

  /**
   * Processes that were born before an instance of unknown birth was first seen, ascending; all where nothing is known
   * of it. Those with a recorded birth after that are excluded, and those above the parent and below the process.
   */
  private bornBefore(instanceOf: Int32Array, q: number, last: number): number[] {
    const { tree, instances } = this;
    const seen = last >= 0 ? instances[last]!.seen : Number.POSITIVE_INFINITY;
    const excluded = this.excludedByPlace(q);
    const among: number[] = [];
    for (let x = 0; x < tree.size; x++) {
      if (excluded[x]) continue;
      const i = instanceOf[x]!;
      const recorded = i >= 0 && instances[i]!.parent >= 0;
      if (recorded && instances[i]!.seen >= seen) continue;
      among.push(tree.pid[x]!);
    }
    return among.sort((a, b) => a - b);
  }

  /** 1: the process itself, those below it, those above its parent. None of them is its closest ancestor by birth. */
  private excludedByPlace(q: number): Uint8Array {
    const { parent, size } = this.tree;
    const excluded = new Uint8Array(size);
    excluded[q] = 1;
    for (let x = q + 1; x < size; x++) if (parent[x]! >= 0) excluded[x] = excluded[parent[x]!]!;
    const p = parent[q]!;
    for (let y = p < 0 ? -1 : parent[p]!; y >= 0; y = parent[y]!) excluded[y] = 1;
    return excluded;
  }
}
