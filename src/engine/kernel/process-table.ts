/**
 * Process table: one row for every process that was ever born, as columns.
 *
 * Rows are given in order of birth and never used again, so a row names one instance: a reaped process stays what it
 * was (creator, numbers), and a session or a group is named by the row whose numbers it carries, also when that
 * process is long gone. The first rows stand for what is outside the image; no process of a plan can be row 0, which
 * therefore also means "none" in the links. The columns are scratch columns: a kernel is not used after the scope that it
 * is made in (tree/scratch.ts).
 * Cost: 71 bytes a row.
 */

import { copyColumns } from '../tree/larger-columns.ts';
import { bytes, int32s } from '../tree/scratch.ts';
import { SIGCHLD } from '../tree/sharing-columns.ts';

/** Rows that are no processes of a plan. */
export const OUTSIDE = 0;
/** Who acts as pid 0: outside the image, its children born in level 0 unless it enters a namespace below. */
export const RESTORER = 1;
/** A session and a group led outside the image that have a number in level 0. */
export const OUTSIDE_SESSION = 2;
export const OUTSIDE_GROUP = 3;
/** The init of level 0 where the root is not number 1: it has that number for ever (D14, D16). */
export const OUTSIDE_INIT = 4;
export const ROOT = 5;

export const RUNNING = 0;
/** The init of a namespace that has exited but cannot finish: no zombie yet, and no call comes from it. */
export const HANGING = 1;
export const ZOMBIE = 2;
export const REAPED = 3;

/** Bits of `flags`. */
export const SUBREAPER = 1;
export const SESSION_LEADER = 2;
export const EXECED = 4;
export const IGNORES_SIGCHLD = 8;
/** The leader thread has exited, others live: /proc shows a zombie, and it is none (A11, A12). */
export const LEADER_EXITED = 16;
/** The parent has executed a program since this birth: the parent gets SIGCHLD at the end, whatever the exit signal is. */
export const PARENT_EXECED = 32;

export class ProcessTable {
  /** Rows in use; the next birth gets this one. */
  count = ROOT;

  /** The number in level 0. */
  number: Int32Array;
  /** Numbers of levels 1 and deeper: the first one's place in the namespaces' number pool. */
  innerOffset: Int32Array;
  parent: Int32Array;
  firstChild: Int32Array;
  lastChild: Int32Array;
  nextSibling: Int32Array;
  previousSibling: Int32Array;
  /** Row whose numbers the session carries. */
  session: Int32Array;
  /** Row whose numbers the group carries. */
  group: Int32Array;
  /** Processes, zombies included, in the session or the group that carries this row's numbers. */
  sessionMembers: Int32Array;
  groupMembers: Int32Array;
  /** Session of the group that carries this row's numbers; meaningful while it has members. */
  groupSession: Int32Array;
  /** Who executed the clone, CLONE_PARENT or not. */
  creator: Int32Array;
  namespace: Int32Array;
  namespaceForChildren: Int32Array;
  exitStatus: Int32Array;
  /** Threads besides the leader. */
  threads: Int32Array;
  state: Uint8Array;
  flags: Uint8Array;
  exitSignal: Uint8Array;

  constructor(capacity: number) {
    const rows = Math.max(capacity, 16);
    this.number = int32s(rows);
    this.innerOffset = int32s(rows);
    this.parent = int32s(rows);
    this.firstChild = int32s(rows);
    this.lastChild = int32s(rows);
    this.nextSibling = int32s(rows);
    this.previousSibling = int32s(rows);
    this.session = int32s(rows);
    this.group = int32s(rows);
    this.sessionMembers = int32s(rows);
    this.groupMembers = int32s(rows);
    this.groupSession = int32s(rows);
    this.creator = int32s(rows);
    this.namespace = int32s(rows);
    this.namespaceForChildren = int32s(rows);
    this.exitStatus = int32s(rows);
    this.threads = int32s(rows);
    this.state = bytes(rows);
    this.flags = bytes(rows);
    this.exitSignal = bytes(rows);
  }

  get capacity(): number {
    return this.number.length;
  }

  /** Makes room for `rows` rows in all. */
  reserve(rows: number): void {
    if (rows <= this.capacity) return;
    const larger = new ProcessTable(rows);
    copyColumns(this, larger);
    Object.assign(this, larger, { count: this.count });
  }

  /** Puts `child` behind the other children of `parent` (I12: adopted ones stand behind those already there). */
  appendChild(parent: number, child: number): void {
    const last = this.lastChild[parent]!;
    this.parent[child] = parent;
    this.previousSibling[child] = last;
    this.nextSibling[child] = 0;
    if (last === 0) this.firstChild[parent] = child;
    else this.nextSibling[last] = child;
    this.lastChild[parent] = child;
  }

  removeChild(child: number): void {
    const parent = this.parent[child]!;
    const previous = this.previousSibling[child]!;
    const next = this.nextSibling[child]!;
    if (previous === 0) this.firstChild[parent] = next;
    else this.nextSibling[previous] = next;
    if (next === 0) this.lastChild[parent] = previous;
    else this.previousSibling[next] = previous;
  }

  /** Hands all children of `from`, which has some, to `to`, in their order. Their exit signal becomes SIGCHLD (C10). */
  moveChildren(from: number, to: number): void {
    const first = this.firstChild[from]!;
    for (let child = first; child !== 0; child = this.nextSibling[child]!) {
      this.parent[child] = to;
      this.exitSignal[child] = SIGCHLD;
    }
    const last = this.lastChild[to]!;
    this.previousSibling[first] = last;
    if (last === 0) this.firstChild[to] = first;
    else this.nextSibling[last] = first;
    this.lastChild[to] = this.lastChild[from]!;
    this.firstChild[from] = 0;
    this.lastChild[from] = 0;
  }
}
