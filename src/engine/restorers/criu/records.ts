/**
 * The records of an image set as CRIU reads them: `pstree.img` in its order, with what the core images add.
 *
 * Row i is one record. Parents stand before their children.
 */

import { ALIVE, FLAG_ON, ZOMBIE } from '../../tree/process-columns.ts';
import { OUTSIDE, type ProcessTree, parentPid, threadsOf } from '../../tree/process-tree.ts';
import { depthFirst } from '../../tree/subtree-intervals.ts';

export interface RestoreRecords {
  readonly count: number;
  readonly pid: Int32Array;
  /** 0: the root. */
  readonly ppid: Int32Array;
  readonly pgid: Int32Array;
  readonly sid: Int32Array;
  /** ALIVE (also stopped) or ZOMBIE. */
  readonly state: Uint8Array;
  /** Raw wait status of a zombie. */
  readonly exitStatus: Int32Array;
  /** 1: child-subreaper. */
  readonly subreaper: Uint8Array;
  /** Thread ids besides the pid (CSR). */
  readonly threadOffset: Int32Array;
  readonly threadId: Int32Array;
}

/**
 * The records that a dump of this tree has, depth first.
 * @param dumped pids in the order of the dump's own records, which decides whose message comes first; null: not known,
 * siblings ascend
 */
export function recordsOfTree(tree: ProcessTree, dumped: readonly number[] | null = null): RestoreRecords {
  const { size } = tree;
  const order = (dumped && inOrder(tree, dumped)) ?? depthFirst(tree.parent);
  const column = (of: (i: number) => number): Int32Array =>
    Int32Array.from({ length: size }, (_, at) => of(order[at]!));
  const threadOffset = new Int32Array(size + 1);
  const threadId = new Int32Array(tree.threadId.length);
  for (let at = 0; at < size; at++) {
    const own = tree.state[order[at]!] === ALIVE ? threadsOf(tree, order[at]!) : [];
    threadId.set(own, threadOffset[at]);
    threadOffset[at + 1] = threadOffset[at]! + own.length;
  }
  return {
    count: size,
    pid: column((i) => tree.pid[i]!),
    ppid: column((i) => parentPid(tree, i)),
    pgid: column((i) => tree.pgid[i]!),
    sid: column((i) => tree.sid[i]!),
    state: Uint8Array.from(order, (i) => tree.state[i]!),
    exitStatus: column((i) => tree.exitStatus[i]!),
    subreaper: Uint8Array.from(order, (i) =>
      tree.subreaper[i] === FLAG_ON && tree.state[i] !== ZOMBIE ? 1 : 0,
    ),
    threadOffset,
    threadId: threadId.subarray(0, threadOffset[size]),
  };
}

/** Null: these are not all of the tree's processes, parents first. */
function inOrder(tree: ProcessTree, dumped: readonly number[]): Int32Array | null {
  const { size, parent } = tree;
  if (dumped.length !== size) return null;
  const order = Int32Array.from(dumped, (pid) => tree.indexOf(pid));
  const seen = new Uint8Array(size);
  for (const i of order) {
    if (i < 0 || seen[i] || (parent[i]! !== OUTSIDE && !seen[parent[i]!])) return null;
    seen[i] = 1;
  }
  return order;
}
