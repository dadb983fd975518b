/**
 * From recorded births and deaths to closest alive born ancestors (format: docs/births-format.md).
 *
 * In: a tree and events in the order of their times, keyed by pid, time and, where the recorder knows it, start time.
 * Out: for every process its closest alive born ancestor where the events prove it; else a set that it is certainly
 * in, or nothing. Invariant: whatever is given as known is right, if the events are.
 *
 * A number can belong to several processes one after the other, so events speak of instances. The way up from a
 * process goes from instance to instance by fork events until one is in the image. It is broken where
 *   the recorder was attached after that birth, so that there is no fork event;
 *   events were lost: the number may have been passed on unseen, so an instance known before is the same afterwards
 *   only where start times say so (birth-instances.ts).
 * A process of the image holds its number from its start on: where the image has start times, every instance that was
 * seen between is this process, whatever was lost, and whatever the record says of times after the image.
 * A broken way ends at an instance of unknown birth that was there at some time: the ancestor was born before it.
 * Cost: O(events + n) for what is known; bounds cost O(n) for each broken process, within BOUNDED_WORK. One pid namespace: level-0 numbers.
 */

import { UNKNOWN, ZOMBIE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { type BirthEvent, earliestStart, latestStart } from './birth-event.ts';
import { BirthInstances, fits } from './birth-instances.ts';

/** What is looked at of a tree. */
export type RecordedTree = Pick<ProcessTree, 'size' | 'pid' | 'parent' | 'state' | 'startTime' | 'indexOf'>;

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

/** End of a way that is broken at an instance which may be in the image itself. */
const NOWHERE = -1;
/** End of a way that is broken at an instance of unknown birth. */
const breakAt = (instance: number): number => -2 - instance;
const brokenAt = (end: number): number => -2 - end;

/** The tree with what is known filled in; what its image says stays. */
export function treeWithBirths(tree: ProcessTree, { caba }: Pick<RecordedBirths, 'caba'>): ProcessTree {
  const filled = caba.map((x, q) => (tree.caba && tree.caba[q]! >= 0 ? tree.caba[q]! : x));
  return { ...tree, caba: filled.some((x) => x >= 0) ? filled : null };
}

/** Events as they come; what they prove when there are no more. Holds an instance for each birth. */
export class BirthRecord {
  private readonly tree: RecordedTree;
  private readonly record = new BirthInstances();

  constructor(tree: RecordedTree) {
    this.tree = tree;
  }

  add(event: BirthEvent): void {
    this.record.add(event);
  }

  births(): RecordedBirths {
    const { tree } = this;
    const { instanceOf, processOf, exited } = this.inImage();
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
    const affordable = broken.length * tree.size <= BOUNDED_WORK;
    for (const [q, last] of broken) {
      const among = affordable ? this.bornBefore(instanceOf, q, last) : null;
      const all = tree.parent[q]! < 0 ? tree.size : tree.size - 1;
      if (among?.length === 1) {
        caba[q] = among[0]!;
        counts.known++;
      } else if (among && among.length > 0 && among.length < all) {
        bounded.set(tree.pid[q]!, among);
        counts.bounded++;
      } else counts.unknown++;
    }
    return { caba, bounded, counts, exited };
  }

  /** The instances of each process of the image, and the first of them, −1 where it is not certain which. */
  private inImage(): { instanceOf: Int32Array; processOf: Int32Array; exited: number[] } {
    const { tree } = this;
    const { all, current, lossesAtEnd: losses } = this.record;
    const instanceOf = new Int32Array(tree.size).fill(-1);
    const processOf = new Int32Array(all.length).fill(-1);
    const exited: number[] = [];
    for (let q = 0; q < tree.size; q++) {
      const last = current.get(tree.pid[q]!);
      if (last === undefined) continue;
      const gone = all[last]!.exited && tree.state[q] !== ZOMBIE;
      if (gone) exited.push(tree.pid[q]!);
      const started = this.started(q);
      if (!Number.isNaN(started)) {
        for (const i of this.certainOnes(last, started)) {
          processOf[i] = q;
          instanceOf[q] = i;
        }
      } else if (!gone && all[last]!.losses === losses) {
        processOf[last] = q;
        instanceOf[q] = last;
      }
    }
    return { instanceOf, processOf, exited };
  }

  private started(q: number): number {
    return this.tree.startTime ? this.tree.startTime[q]! : Number.NaN;
  }

  /**
   * Of the instances of a number, `last` and those before it, the ones that are certainly the process that was started
   * in a tick; the latest first. None where two that are not the same process could be it, unless the last one lives:
   * a number is not passed on twice in the tick in which the image is taken.
   */
  private certainOnes(last: number, started: number): readonly number[] {
    const { all, lossesAtEnd: losses } = this.record;
    const certain: number[] = [];
    const untouched = all[last]!.losses === losses;
    const lives = untouched && !all[last]!.exited && fits(all[last]!, started);
    let later = -1;
    for (let i = last; i >= 0 && all[i]!.latest >= started; i = all[i]!.previous) {
      const instance = all[i]!;
      if (!fits(instance, started)) continue;
      if (later >= 0 && instance.again !== later) return lives ? certain : [];
      later = i;
      const held = started < earliestStart(instance.last);
      if (instance.start === started || held || (i === last && untouched)) certain.push(i);
    }
    return certain;
  }

  /**
   * Where the way up from each instance ends: at an instance that is in the image, or broken. An instance comes after
   * the one that created it, so that one sweep suffices.
   */
  private endsOfWays(processOf: Int32Array): Int32Array {
    const { all } = this.record;
    const lastNamesakes = this.record.lastNamesakes();
    const ends = new Int32Array(all.length);
    for (let i = 0; i < all.length; i++) {
      const above = all[i]!.parent;
      if (above < 0) ends[i] = breakAt(i);
      else if (processOf[above]! >= 0) ends[i] = above;
      else if (this.mayBeInImage(above, lastNamesakes[above]!)) ends[i] = NOWHERE;
      else ends[i] = ends[above]!;
    }
    return ends;
  }

  /** Could this instance, which is not certainly in the image, be there all the same? */
  private mayBeInImage(first: number, last: number): boolean {
    const { tree } = this;
    const { all, current } = this.record;
    const { pid } = all[first]!;
    const q = tree.indexOf(pid);
    if (q < 0) return false;
    const started = this.started(q);
    if (!Number.isNaN(started)) return fits(all[first]!, started);
    return current.get(pid) === last && !(all[last]!.exited && tree.state[q] !== ZOMBIE);
  }

  /**
   * Processes that were born before an instance of unknown birth was first seen, ascending; all where nothing is known
   * of it. Those with a recorded birth or a start after that are excluded, those that are younger than the process,
   * and those above the parent and below the process. 0, outside, is among them where the parent is outside.
   */
  private bornBefore(instanceOf: Int32Array, q: number, last: number): number[] {
    const { tree } = this;
    const { all } = this.record;
    const seen = last >= 0 ? all[last]!.seen : Number.POSITIVE_INFINITY;
    const youngest = Math.min(latestStart(seen), this.started(q));
    const excluded = this.excludedByPlace(q);
    const among: number[] = tree.parent[q]! < 0 ? [0] : [];
    for (let x = 0; x < tree.size; x++) {
      if (excluded[x] || this.started(x) > youngest) continue;
      const i = instanceOf[x]!;
      const recorded = i >= 0 && all[i]!.parent >= 0;
      if (recorded && all[i]!.seen >= seen) continue;
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
