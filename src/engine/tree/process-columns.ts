/**
 * Process columns: a tree image as it was uploaded, one typed-array column a field.
 *
 * In: the readers in src/formats append one row a process, in the upload's order, and believe nothing.
 * Out: rows for `buildTree`, which checks that they are a tree and puts them into canonical order.
 * Invariant: every column has room for `count` rows; row i of each column speaks of the same process.
 * Cost: amortised O(1) a row, no object a process.
 */

import { ColumnBlock, columnSize } from './column-block.ts';
import { larger } from './larger-columns.ts';
import { SharingColumns } from './sharing-columns.ts';

export const ALIVE = 0;
export const ZOMBIE = 1;

export const FLAG_OFF = 0;
export const FLAG_ON = 1;
export const FLAG_UNKNOWN = 2;

/** In `LevelNumbers.pgid` and `.sid`: the image leaves the vector out; `buildTree` derives it from the leader. */
export const LEFT_OUT = -1;

/** In `forChildren`: a pid namespace that nobody has been born in yet. */
export const NEW_NAMESPACE = -2;
/** In `forChildren`: one that the image does not declare. */
export const UNDECLARED = -3;

/** In `caba` and `forChildren`: not said. */
export const UNKNOWN = -1;

/** One pid namespace as an image declares it. `init` is a level-0 pid, or null where level 0 has its init outside. */
export interface PidNamespaceDeclaration {
  readonly id: string;
  readonly parent: string | null;
  readonly init: number | null;
}

/** Numbers of every level, level 0 first, of the rows that live below level 0: row i has `offset[i] .. offset[i + 1]`. */
export interface LevelNumbers {
  offset: Int32Array;
  pid: Int32Array;
  pgid: Int32Array;
  sid: Int32Array;
  length: number;
}

export class ProcessColumns {
  count = 0;
  /** pid of the root as the image names it; 0: not named. */
  root = 0;
  /** undefined: the image declares none, there is one namespace "0". */
  namespaces: PidNamespaceDeclaration[] | undefined = undefined;

  pid: Int32Array;
  ppid: Int32Array;
  pgid: Int32Array;
  sid: Int32Array;
  /** ALIVE or ZOMBIE. */
  state: Uint8Array;
  /** FLAG_OFF, FLAG_ON or FLAG_UNKNOWN. */
  subreaper: Uint8Array;
  /** Raw wait status. */
  exitStatus: Int32Array;
  /** Index into `namespaces`. */
  namespace: Int32Array;
  /** Level-0 pid of the closest alive born ancestor, 0 outside, −1 unknown. Null: unknown for all. */
  caba: Int32Array | null = null;
  /** NaN: unknown. Null: unknown for all. */
  birthOrder: Float64Array | null = null;
  /** Clock ticks; NaN: unknown. Null: unknown for all. */
  startTime: Float64Array | null = null;
  comm: (string | undefined)[] | null = null;
  /**
   * Pid namespace that the next child would be born in, where that is another than the own one: index into
   * `namespaces`, or NEW_NAMESPACE; −1: the own one, or unknown. Null: that for all.
   */
  forChildren: Int32Array | null = null;

  /** Thread ids besides the pid itself: row i has `threadOffset[i] .. threadOffset[i + 1]` of `threadId`. */
  threadOffset: Int32Array;
  threadId: Int32Array;
  threadCount = 0;

  /** Null while no row says anything of shared resources, exit signals or terminals. */
  sharing: SharingColumns | null = null;

  /** Null while every row lives in level 0. Vectors of level-0 rows have length 1 once it exists. */
  levels: LevelNumbers | null = null;

  constructor(capacity = 64) {
    const block = new ColumnBlock(
      6 * columnSize(capacity, 4) + columnSize(capacity + 1, 4) + 2 * columnSize(capacity, 1),
    );
    this.pid = block.int32s(capacity);
    this.ppid = block.int32s(capacity);
    this.pgid = block.int32s(capacity);
    this.sid = block.int32s(capacity);
    this.state = block.bytes(capacity);
    this.subreaper = block.bytes(capacity);
    this.exitStatus = block.int32s(capacity);
    this.namespace = block.int32s(capacity);
    this.threadOffset = block.int32s(capacity + 1);
    this.threadId = block.int32s(0);
  }

  /** Appends a row with its required numbers; the optional columns keep their defaults (alive, flag unknown). */
  append(pid: number, ppid: number, pgid: number, sid: number): number {
    const row = this.count;
    if (row === this.pid.length) this.grow(row * 2);
    this.count = row + 1;
    this.pid[row] = pid;
    this.ppid[row] = ppid;
    this.pgid[row] = pgid;
    this.sid[row] = sid;
    this.subreaper[row] = FLAG_UNKNOWN;
    this.threadOffset[row + 1] = this.threadCount;
    return row;
  }

  setCaba(row: number, caba: number): void {
    this.caba ??= new Int32Array(this.pid.length).fill(UNKNOWN);
    this.caba[row] = caba;
  }

  setBirthOrder(row: number, birthOrder: number): void {
    this.birthOrder ??= new Float64Array(this.pid.length).fill(Number.NaN);
    this.birthOrder[row] = birthOrder;
  }

  setStartTime(row: number, ticks: number): void {
    this.startTime ??= new Float64Array(this.pid.length).fill(Number.NaN);
    this.startTime[row] = ticks;
  }

  setForChildren(row: number, namespace: number): void {
    this.forChildren ??= new Int32Array(this.pid.length).fill(UNKNOWN);
    this.forChildren[row] = namespace;
  }

  setComm(row: number, comm: string): void {
    this.comm ??= new Array<string | undefined>(row).fill(undefined);
    this.comm[row] = comm;
  }

  /** Where a row's shared resources, exit signal or terminal are kept. */
  sharingOfRows(): SharingColumns {
    this.sharing ??= new SharingColumns(this.pid.length);
    return this.sharing;
  }

  /** Adds the thread ids of the row appended last as an image lists them: with its own pid, once, or without. */
  appendThreads(tids: readonly number[]): void {
    const own = tids.indexOf(this.pid[this.count - 1]!);
    for (let at = 0; at < tids.length; at++) if (at !== own) this.appendThread(tids[at]!);
  }

  /** Adds a thread id to the row appended last; its own pid is not a thread of its own. */
  appendThread(tid: number): void {
    if (this.threadCount === this.threadId.length) {
      this.threadId = larger(this.threadId, Math.max(64, this.threadCount * 2));
    }
    this.threadId[this.threadCount++] = tid;
    this.threadOffset[this.count] = this.threadCount;
  }

  /** Drops the thread ids of the rows where `kept` is 0. */
  keepThreads(kept: Uint8Array): void {
    let length = 0;
    for (let row = 0, from = 0; row < this.count; row++) {
      const end = this.threadOffset[row + 1]!;
      if (kept[row] === 0) from = end;
      while (from < end) {
        this.sharing?.moveThread(from, length);
        this.threadId[length++] = this.threadId[from++]!;
      }
      this.threadOffset[row + 1] = length;
    }
    this.threadCount = length;
  }

  /** Sets the numbers of all levels of the row appended last. The three vectors have one length, level 0 first. */
  setLevels(pid: ArrayLike<number>, pgid: ArrayLike<number>, sid: ArrayLike<number>): void {
    const levels = (this.levels ??= this.levelsSoFar());
    const need = levels.length + pid.length;
    if (need > levels.pid.length) {
      const capacity = Math.max(64, need * 2);
      levels.pid = larger(levels.pid, capacity);
      levels.pgid = larger(levels.pgid, capacity);
      levels.sid = larger(levels.sid, capacity);
    }
    if (this.count + 1 > levels.offset.length) levels.offset = larger(levels.offset, this.pid.length + 1);
    for (let level = 0; level < pid.length; level++) {
      levels.pid[levels.length] = pid[level]!;
      levels.pgid[levels.length] = pgid[level]!;
      levels.sid[levels.length] = sid[level]!;
      levels.length++;
    }
    levels.offset[this.count] = levels.length;
  }

  /** Depth-1 vectors for all rows before the last, which is about to get a longer one. */
  private levelsSoFar(): LevelNumbers {
    const before = this.count - 1;
    const offset = new Int32Array(this.pid.length + 1);
    for (let row = 0; row <= before; row++) offset[row] = row;
    return {
      offset,
      pid: larger(this.pid.subarray(0, before), Math.max(64, this.count * 2)),
      pgid: larger(this.pgid.subarray(0, before), Math.max(64, this.count * 2)),
      sid: larger(this.sid.subarray(0, before), Math.max(64, this.count * 2)),
      length: before,
    };
  }

  private grow(capacity: number): void {
    this.pid = larger(this.pid, capacity);
    this.ppid = larger(this.ppid, capacity);
    this.pgid = larger(this.pgid, capacity);
    this.sid = larger(this.sid, capacity);
    this.state = larger(this.state, capacity);
    this.subreaper = larger(this.subreaper, capacity);
    this.exitStatus = larger(this.exitStatus, capacity);
    this.namespace = larger(this.namespace, capacity);
    this.threadOffset = larger(this.threadOffset, capacity + 1);
    if (this.forChildren) this.forChildren = larger(this.forChildren, capacity, UNKNOWN);
    if (this.caba) this.caba = larger(this.caba, capacity, UNKNOWN);
    if (this.birthOrder) this.birthOrder = larger(this.birthOrder, capacity, Number.NaN);
    this.sharing?.grow(capacity);
    if (this.startTime) this.startTime = larger(this.startTime, capacity, Number.NaN);
  }
}
