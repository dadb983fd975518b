/**
 * The process tree: what every later stage of the engine reads.
 *
 * Made by `buildTree` only. Processes have an index 0 .. size − 1 in canonical order: the root is 0, parents come
 * before children (breadth first), siblings in ascending pid. So an index is independent of the upload's order, and
 * a sweep up or down the indexes is a sweep down or up the tree.
 * Numbers (pid, pgid, sid) are those of level 0, the outermost pid namespace of the image.
 */

import type { ColumnOf, NamespaceIndex, ProcessIndex } from './index-kinds.ts';
import type { Sharing } from './sharing.ts';

/** Parent "outside the image". */
export const OUTSIDE = -1;

export interface PidNamespace {
  readonly id: string;
  /** Index of the parent namespace, −1 for level 0. Parents come before children. */
  readonly parent: number;
  /** 0 for the outermost. */
  readonly level: number;
  /** Index of the init's process; OUTSIDE where level 0 has an init that is not in the image. */
  readonly init: number;
}

export interface ProcessTree {
  readonly size: number;
  readonly pid: Int32Array;
  /** Index of the parent, OUTSIDE for the root and for whatever hangs from outside. */
  readonly parent: ColumnOf<ProcessIndex>;
  readonly pgid: Int32Array;
  readonly sid: Int32Array;
  /** ALIVE or ZOMBIE. */
  readonly state: Uint8Array;
  /** FLAG_OFF, FLAG_ON or FLAG_UNKNOWN. */
  readonly subreaper: Uint8Array;
  /** Raw wait status of a zombie. */
  readonly exitStatus: Int32Array;
  readonly namespaces: readonly PidNamespace[];
  /** Index into `namespaces`. */
  readonly namespace: ColumnOf<NamespaceIndex>;
  /** Numbers on all levels (CSR, level 0 first), null where the image has one namespace only. */
  readonly levels: {
    readonly offset: Int32Array;
    readonly pid: Int32Array;
    readonly pgid: Int32Array;
    readonly sid: Int32Array;
  } | null;
  /** Thread ids besides the pid (CSR). */
  readonly threadOffset: Int32Array;
  readonly threadId: Int32Array;
  /** Level-0 pid of the closest alive born ancestor; 0 outside, −1 unknown. */
  readonly caba: Int32Array | null;
  readonly birthOrder: Float64Array | null;
  readonly startTime: Float64Array | null;
  /**
   * Pid namespace that the next child would be born in, where that is another than the own one: index into
   * `namespaces`, or NEW_NAMESPACE; −1 elsewhere. Null: nowhere.
   */
  readonly forChildren: Int32Array | null;
  readonly comm: readonly (string | undefined)[] | null;
  /** Shared resources, exit signals, terminals; null where the image says nothing of them. */
  readonly sharing: Sharing | null;
  /** Index of a pid, or −1. */
  readonly indexOf: (pid: number) => ProcessIndex;
}

/** True where the root is the init of level 0: always a reaper, never a caller of CLONE_PARENT. */
export function rootIsInit(tree: ProcessTree): boolean {
  return tree.namespaces[0]!.init === 0;
}

/** Number of a process's parent, 0 outside. */
export function parentPid({ parent, pid }: ProcessTree, i: number): number {
  return parent[i] === OUTSIDE ? 0 : pid[parent[i]!]!;
}

/** Its number, session or group on all levels, level 0 first. */
export function onLevels(tree: ProcessTree, i: number, of: 'pid' | 'pgid' | 'sid'): Int32Array {
  const { levels } = tree;
  if (levels === null) return tree[of].subarray(i, i + 1);
  return levels[of].subarray(levels.offset[i]!, levels.offset[i + 1]!);
}

type Threads = Pick<ProcessTree, 'threadOffset' | 'threadId'>;

/** Thread ids of process i besides its own. */
export function threadsOf({ threadOffset, threadId }: Threads, i: number): Int32Array {
  return threadId.subarray(threadOffset[i], threadOffset[i + 1]);
}

/** Has process i thread ids besides its own? As a zombie it lives then: only its first thread has ended (A11 to A13). */
export function hasLivingThreads({ threadOffset }: ProcessTree, i: number): boolean {
  return threadOffset[i + 1]! > threadOffset[i]!;
}
