/**
 * Makes the canonical process tree of an image, or says why the image is not a tree.
 *
 * In: process columns as a reader filled them, nothing believed. Out: the tree every later stage reads, or faults
 * (contract: 422). What is a tree but breaks a rule of the kernel passes: the planner judges that.
 * Invariant: the tree depends on the image's content only, not on the order of its rows.
 * Cost: linear in processes, threads and level numbers; no object a process, no recursion.
 */
import { type CanonicalOrder, canonicalOrder, findRoot, inOrder, whereSaid } from './canonical-order.ts';
import { ColumnBlock, columnSize } from './column-block.ts';
import { checkInnerNumbers } from './inner-numbers.ts';
import { canonicalLevels, checkLevels } from './level-numbers.ts';
import { namespaceForest } from './namespace-forest.ts';
import { ascending, pidIndex } from './pid-index.ts';
import { type ProcessColumns, UNDECLARED } from './process-columns.ts';
import type { ProcessTree } from './process-tree.ts';
import { int32s, withScratch } from './scratch.ts';
import { canonicalSharing } from './sharing.ts';
import { LARGEST_SIGNAL } from './sharing-columns.ts';
import { canonicalThreads, checkThreads } from './thread-ids.ts';
import { FaultList, type TreeFault } from './tree-fault.ts';

/** `faults` has the first hundred of `total`. */
export type BuiltTree =
  | { readonly ok: true; readonly tree: ProcessTree }
  | { readonly ok: false; readonly faults: readonly TreeFault[]; readonly total: number };

export function buildTree(columns: ProcessColumns): BuiltTree {
  return withScratch(() => built(columns));
}

function built(columns: ProcessColumns): BuiltTree {
  const faults = new FaultList();
  const refused = (): BuiltTree => ({ ok: false, faults: faults.first, total: faults.total });
  if (columns.count === 0) faults.add('NO_PROCESS', -1, 'processes', () => 'The image has no process.');
  checkNumbers(columns, faults);
  checkSharing(columns, faults);
  if (faults.total > 0) return refused();
  const byPid = ascending(columns.pid, columns.count);
  checkDuplicates(columns, byPid, faults);
  if (faults.total > 0) return refused();

  const rowOf = pidIndex(columns.pid, columns.count, int32s);
  const rootRow = findRoot(columns, rowOf, faults);
  const order = canonicalOrder(columns, byPid, rootRow, rowOf, faults);
  checkThreads(columns, rowOf, faults);
  const forest = rootRow < 0 ? null : namespaceForest(columns, rootRow, rowOf, faults);
  if (forest !== null) checkLevels(columns, forest, faults);
  checkBirths(columns, rowOf, faults);
  checkForChildren(columns, faults);
  if (faults.total > 0 || order === null || forest === null) return refused();
  checkInnerNumbers(columns, forest, byPid, faults);
  const levels = canonicalLevels(columns, forest, order, rowOf, faults);
  if (faults.total > 0) return refused();

  const block = new ColumnBlock(treeSize(columns));
  const int32sOf = (column: Int32Array): Int32Array => inOrder(column, order, block.int32s(columns.count));
  const bytesOf = (column: Uint8Array): Uint8Array => inOrder(column, order, block.bytes(columns.count));
  const pid = int32sOf(columns.pid);
  const parent = block.int32s(columns.count);
  parent.set(order.parent);
  const namespace = int32sOf(columns.namespace);
  for (let index = 0; index < namespace.length; index++)
    namespace[index] = forest.canonical[namespace[index]!]!;
  const { threadOffset, threadId, place } = canonicalThreads(columns, order.index, block);
  const tree: ProcessTree = {
    size: columns.count,
    pid,
    parent,
    pgid: int32sOf(columns.pgid),
    sid: int32sOf(columns.sid),
    state: bytesOf(columns.state),
    subreaper: bytesOf(columns.subreaper),
    exitStatus: int32sOf(columns.exitStatus),
    namespaces: forest.namespaces.map(({ id, parent, level, initRow }) => ({
      id,
      parent,
      level,
      init: initRow < 0 ? initRow : order.index[initRow]!,
    })),
    namespace,
    levels,
    threadOffset,
    threadId,
    caba: whereSaid(columns.caba, order, (caba) => caba >= 0),
    birthOrder: whereSaid(columns.birthOrder, order, (number) => !Number.isNaN(number)),
    startTime: whereSaid(columns.startTime, order, (ticks) => !Number.isNaN(ticks)),
    forChildren: whereSaid(
      columns.forChildren?.map((n) => (n >= 0 ? forest.canonical[n]! : n)) ?? null,
      order,
      (n) => n !== -1,
    ),
    comm: canonicalComm(columns.comm, order),
    sharing: canonicalSharing(columns, order, place),
    indexOf: pidIndex(pid, columns.count),
  };
  return { ok: true, tree };
}

/** Bytes of the columns that every tree has. */
function treeSize({ count, threadCount }: ProcessColumns): number {
  return (
    7 * columnSize(count, 4) +
    2 * columnSize(count, 1) +
    columnSize(count + 1, 4) +
    columnSize(threadCount, 4)
  );
}

function checkNumbers(columns: ProcessColumns, faults: FaultList): void {
  const { count, pid, ppid, pgid, sid, exitStatus, threadOffset, threadId, levels } = columns;
  const check = (value: number, least: number, row: number, field: string): void => {
    if (value >= least) return;
    faults.add(
      'NUMBER_OUT_OF_RANGE',
      row,
      field,
      () => `${field} is ${value}; the least possible is ${least}.`,
    );
  };
  if (columns.root < 0) check(columns.root, 1, -1, 'root');
  for (let row = 0; row < count; row++) {
    if (pid[row]! < 1) check(pid[row]!, 1, row, 'pid');
    if (ppid[row]! < 0) check(ppid[row]!, 0, row, 'ppid');
    if (pgid[row]! < 0) check(pgid[row]!, 0, row, 'pgid');
    if (sid[row]! < 0) check(sid[row]!, 0, row, 'sid');
    if (exitStatus[row]! < 0) check(exitStatus[row]!, 0, row, 'exitStatus');
    for (let i = threadOffset[row]!; i < threadOffset[row + 1]!; i++) {
      if (threadId[i]! < 1) check(threadId[i]!, 1, row, 'threads');
    }
    if (levels === null) continue;
    // LEFT_OUT (−1) is no number that a reader took from an image.
    for (let i = levels.offset[row]!; i < levels.offset[row + 1]!; i++) {
      if (levels.pid[i]! < 1) check(levels.pid[i]!, 1, row, 'nspid');
      if (levels.pgid[i]! < -1) check(levels.pgid[i]!, 0, row, 'nspgid');
      if (levels.sid[i]! < -1) check(levels.sid[i]!, 0, row, 'nssid');
    }
  }
}

function checkSharing({ count, sharing }: ProcessColumns, faults: FaultList): void {
  if (sharing?.exitSignal) {
    for (let row = 0; row < count; row++) {
      const signal = sharing.exitSignal[row]!;
      if (signal > LARGEST_SIGNAL) noSignal(row, signal, faults);
    }
  }
}

function noSignal(row: number, signal: number, faults: FaultList): void {
  faults.add('NUMBER_OUT_OF_RANGE', row, 'exitSignal', () => `exitSignal ${signal} is no signal number.`);
}

function checkDuplicates({ count, pid }: ProcessColumns, byPid: Int32Array, faults: FaultList): void {
  for (let i = 1; i < count; i++) {
    if (pid[byPid[i]!] === pid[byPid[i - 1]!]) duplicate(pid, byPid[i]!, faults);
  }
}

function duplicate(pid: Int32Array, row: number, faults: FaultList): void {
  faults.add('DUPLICATE_PID', row, 'pid', () => `${pid[row]} is the pid of an earlier process too.`);
}

/** Closest alive born ancestors. That a set of them fits no history is for the planner to say. */
function checkBirths(columns: ProcessColumns, rowOf: (pid: number) => number, faults: FaultList): void {
  const { count, caba, pid } = columns;
  if (caba === null) return;
  for (let row = 0; row < count; row++) {
    const given = caba[row]!;
    if (given < 0) continue;
    if (given === pid[row]) birthFault('CABA_SELF', row, given, faults);
    else if (given > 0 && rowOf(given) < 0) birthFault('CABA_ABSENT', row, given, faults);
  }
}

/** That nobody can be in such a namespace is for the planner to say. */
function checkForChildren({ count, forChildren, pid }: ProcessColumns, faults: FaultList): void {
  for (let row = 0; forChildren !== null && row < count; row++) {
    if (forChildren[row] !== UNDECLARED) continue;
    faults.add(
      'NAMESPACE_UNKNOWN',
      row,
      'pidnsForChildren',
      () => `Children of ${pid[row]} would be born in a pid namespace that is not declared.`,
    );
  }
}

function birthFault(code: keyof typeof BIRTH_FAULTS, row: number, given: number, faults: FaultList): void {
  faults.add(code, row, 'caba', () => `caba ${given}: ${BIRTH_FAULTS[code]}`);
}

const BIRTH_FAULTS = {
  CABA_SELF: 'a process does not descend from itself.',
  CABA_ABSENT: 'the ancestor is not in the image.',
} as const;

function canonicalComm(
  column: ProcessColumns['comm'],
  order: CanonicalOrder,
): readonly (string | undefined)[] | null {
  const result = column && Array.from(order.row, (row) => column[row]);
  return result?.some((comm) => comm !== undefined) ? result : null;
}
