/**
 * A process tree as bytes, and back without copying its columns: how trees travel between threads and lie in the store.
 *
 * Layout: byte length of the head (u32); the head as JSON: sizes, namespaces, names; from the next multiple of 8 the
 * columns in the order of `columnsOf`, in the machine's byte order, each filled up to a multiple of 8.
 */

import { pidIndex } from '../engine/tree/pid-index.ts';
import type { PidNamespace, ProcessTree } from '../engine/tree/process-tree.ts';
import type { Sharing } from '../engine/tree/sharing.ts';
import { KINDS } from '../engine/tree/sharing-columns.ts';

type Column = Int32Array | Uint8Array | Float64Array;

interface Head {
  readonly size: number;
  readonly threads: number;
  /** Length of each level column, −1 where there are none. */
  readonly levels: number;
  readonly caba: boolean;
  readonly birthOrder: boolean;
  readonly startTime: boolean;
  /** Which sharing columns there are, in the order of `sharingColumns`; left out where there is none. */
  readonly sharing?: readonly boolean[];
  /** Left out where there is no such column. */
  readonly forChildren?: true;
  readonly namespaces: readonly PidNamespace[];
  readonly comm: readonly (string | null)[] | null;
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

export function treeBytes(tree: ProcessTree): Uint8Array<ArrayBuffer> {
  const head: Head = {
    size: tree.size,
    threads: tree.threadId.length,
    levels: tree.levels ? tree.levels.pid.length : -1,
    caba: tree.caba !== null,
    birthOrder: tree.birthOrder !== null,
    startTime: tree.startTime !== null,
    ...(tree.sharing ? { sharing: sharingColumns(tree.sharing).map((column) => column !== null) } : {}),
    ...(tree.forChildren ? { forChildren: true } : {}),
    namespaces: tree.namespaces,
    comm: tree.comm?.map((name) => name ?? null) ?? null,
  };
  const headBytes = ENCODER.encode(JSON.stringify(head));
  const columns = columnsOf(tree);
  let length = filled(4 + headBytes.length);
  for (const column of columns) length += filled(column.byteLength);
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, headBytes.length, true);
  bytes.set(headBytes, 4);
  let offset = filled(4 + headBytes.length);
  for (const column of columns) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), offset);
    offset += filled(column.byteLength);
  }
  return bytes;
}

function columnsOf(tree: ProcessTree): Column[] {
  const columns: (Column | null | undefined)[] = [
    tree.pid,
    tree.parent,
    tree.pgid,
    tree.sid,
    tree.state,
    tree.subreaper,
    tree.exitStatus,
    tree.namespace,
    tree.threadOffset,
    tree.threadId,
    tree.levels?.offset,
    tree.levels?.pid,
    tree.levels?.pgid,
    tree.levels?.sid,
    tree.caba,
    tree.birthOrder,
    tree.startTime,
    ...(tree.sharing ? sharingColumns(tree.sharing) : []),
    tree.forChildren,
  ];
  return columns.filter((column) => column !== null && column !== undefined);
}

function sharingColumns(sharing: Sharing): (Int32Array | Uint8Array | null)[] {
  const { classes, terminal, threadFiles, threadFs, exitSignal } = sharing;
  return [...classes, terminal, threadFiles, threadFs, exitSignal];
}

/** @param bytes what `treeBytes` made, at an offset that is a multiple of 8 */
export function treeFromBytes(bytes: Uint8Array): ProcessTree {
  const headLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head: Head = JSON.parse(DECODER.decode(bytes.subarray(4, 4 + headLength)));
  const { size, threads, levels } = head;
  let offset = filled(4 + headLength);
  const at = (byteLength: number): number => {
    const here = bytes.byteOffset + offset;
    offset += filled(byteLength);
    return here;
  };
  const int32 = (length: number) => new Int32Array(bytes.buffer, at(4 * length), length);
  const uint8 = (length: number) => new Uint8Array(bytes.buffer, at(length), length);
  const float64 = (length: number) => new Float64Array(bytes.buffer, at(8 * length), length);
  // Properties are evaluated in the order in which they stand: the order of the columns.
  const columns = {
    pid: int32(size),
    parent: int32(size),
    pgid: int32(size),
    sid: int32(size),
    state: uint8(size),
    subreaper: uint8(size),
    exitStatus: int32(size),
    namespace: int32(size),
    threadOffset: int32(size + 1),
    threadId: int32(threads),
    levels:
      levels < 0
        ? null
        : { offset: int32(size + 1), pid: int32(levels), pgid: int32(levels), sid: int32(levels) },
    caba: head.caba ? int32(size) : null,
    birthOrder: head.birthOrder ? float64(size) : null,
    startTime: head.startTime ? float64(size) : null,
    sharing: head.sharing ? sharingOf(head.sharing, size, threads, int32, uint8) : null,
    forChildren: head.forChildren ? int32(size) : null,
  };
  return {
    size,
    namespaces: head.namespaces,
    ...columns,
    comm: head.comm?.map((name) => name ?? undefined) ?? null,
    indexOf: pidIndex(columns.pid, size),
  };
}

function sharingOf(
  there: readonly boolean[],
  size: number,
  threads: number,
  int32: (length: number) => Int32Array,
  uint8: (length: number) => Uint8Array,
): Sharing {
  const column = (at: number, length: number): Int32Array | null => (there[at] ? int32(length) : null);
  const kinds = KINDS.length;
  return {
    classes: KINDS.map((_, kind) => column(kind, size)),
    terminal: column(kinds, size),
    threadFiles: column(kinds + 1, threads),
    threadFs: column(kinds + 2, threads),
    exitSignal: there[kinds + 3] ? uint8(size) : null,
  };
}

function filled(length: number): number {
  return (length + 7) & ~7;
}
