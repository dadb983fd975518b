/**
 * CRIU's own view of an image set: one node a number, hung below each other as the records say.
 *
 * In: records. Out: nodes, or the message with which reading them ends. A number that is only somebody's session or
 * group has a node without a record: a dead leader. A child is put at the front of its parent's list.
 * Cost: O(records + threads), no object a node. Facts: restorers.md, 1.2 (read; the aborts measured).
 */

import { ChildLists, NONE } from '../../tree/child-lists.ts';
import { NumberTable } from '../../tree/number-table.ts';
import { bytes, int32s } from '../../tree/scratch.ts';
import type { RestoreRecords } from './records.ts';

/** What a node stands for. */
export const DEAD = 0;
export const TASK = 1;
export const THREAD = 2;
/** Made by CRIU; it exits when everybody has forked. */
export const HELPER = 3;

/** Where restorers read records differently. */
export interface ReadingRules {
  /** Where a child is put among its siblings. */
  readonly children: 'in front' | 'behind';
  /** The number below which no free number is taken. */
  readonly firstFree: number;
}

/** Reading the records, or planning, ends with a message. */
export interface Refused {
  readonly message: string;
  readonly pids: readonly number[];
}

export class TaskTree extends ChildLists {
  readonly records: RestoreRecords;
  count = 0;
  root = NONE;
  readonly number: Int32Array;
  readonly kind: Uint8Array;
  /** Row among the records, NONE for others. */
  readonly row: Int32Array;
  readonly sid: Int32Array;
  readonly pgid: Int32Array;
  private readonly nodeOf: NumberTable;
  private readonly rules: ReadingRules;
  private nextFree: number;

  private constructor(records: RestoreRecords, rules: ReadingRules) {
    // A number each for pid, group and session, and a helper for each session.
    const capacity = records.count * 4 + records.threadId.length;
    super(() => int32s(capacity, NONE));
    this.records = records;
    this.rules = rules;
    this.nextFree = rules.firstFree;
    this.number = int32s(capacity);
    this.kind = bytes(capacity);
    this.row = int32s(capacity, NONE);
    this.sid = int32s(capacity);
    this.pgid = int32s(capacity);
    this.nodeOf = new NumberTable(records.count + records.threadId.length);
  }

  static of(records: RestoreRecords, rules: ReadingRules): TaskTree | Refused {
    const tree = new TaskTree(records, rules);
    for (let row = 0; row < records.count; row++) {
      const fault = tree.read(row);
      if (fault) return fault;
    }
    return tree;
  }

  find(number: number): number {
    return this.nodeOf.get(number);
  }

  /** A task of CRIU's own with this number, or with a free one; not hung below anybody yet. */
  addHelper(node: number, sid: number, pgid: number): number {
    const helper = node === NONE ? this.addNode(this.freeNumber()) : node;
    this.kind[helper] = HELPER;
    this.sid[helper] = sid;
    this.pgid[helper] = pgid;
    return helper;
  }

  /** The node after this one, depth first; NONE after the last. */
  after(node: number): number {
    const child = this.firstChild[node]!;
    return child === NONE ? this.afterAllOf(node) : child;
  }

  /** The node after this one and all below it; NONE after the last below `top`. */
  afterAllOf(node: number, top = NONE): number {
    let at = node;
    while (at !== top && at !== NONE && this.nextSibling[at] === NONE) at = this.parent[at]!;
    return at === top || at === NONE ? NONE : this.nextSibling[at]!;
  }

  /** All that hang below the root, and it, depth first. */
  order(): number[] {
    const order: number[] = [];
    for (let node = this.root; node !== NONE; node = this.after(node)) order.push(node);
    return order;
  }

  private read(row: number): Refused | null {
    const { pid, ppid, pgid, sid, threadOffset, threadId } = this.records;
    const number = pid[row]!;
    const node = this.nodeFor(number);
    if (this.kind[node] === TASK) return { message: 'BUG at criu/pstree.c:564', pids: [number] };
    for (const named of [number, pgid[row]!, sid[row]!]) {
      if (this.kind[this.nodeFor(named)] === THREAD) {
        return { message: 'BUG at criu/pstree.c:494', pids: [number] };
      }
    }
    this.kind[node] = TASK;
    this.row[node] = row;
    this.pgid[node] = pgid[row]!;
    this.sid[node] = sid[row]!;
    if (ppid[row] === 0) {
      if (this.root !== NONE) {
        return {
          message: `Parent missed on non-root task with pid ${number}, image corruption!`,
          pids: [number],
        };
      }
      this.root = node;
    } else {
      const parent = this.nodeOf.get(ppid[row]!);
      if (parent < 0 || this.kind[parent] !== TASK) {
        return { message: `Can't find a parent for ${number}`, pids: [number] };
      }
      if (this.rules.children === 'in front') this.hangInFront(node, parent);
      else this.hangBehind(node, parent);
    }
    for (let t = threadOffset[row]!; t < threadOffset[row + 1]!; t++) {
      if (this.nodeOf.has(threadId[t]!)) {
        const place = t - threadOffset[row]! + 1;
        return { message: `Unexpected task ${threadId[t]} in a tree ${place}`, pids: [number] };
      }
      this.kind[this.nodeFor(threadId[t]!)] = THREAD;
    }
    return null;
  }

  private nodeFor(number: number): number {
    const known = this.nodeOf.get(number);
    return known >= 0 ? known : this.addNode(number);
  }

  private addNode(number: number): number {
    const node = this.count++;
    this.number[node] = number;
    this.nodeOf.set(number, node);
    return node;
  }

  private freeNumber(): number {
    while (this.nodeOf.has(this.nextFree)) this.nextFree++;
    return this.nextFree;
  }
}
