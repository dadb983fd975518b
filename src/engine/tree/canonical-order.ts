/**
 * Hangs the rows of an image from its root and from outside, and numbers them.
 *
 * In: process columns with pids that differ, and their rows in ascending pid. Out: for every canonical index its row, and back; or faults.
 * Invariant: index 0 is the root, then whatever else hangs from outside; parents before children (breadth first),
 * siblings in ascending pid.
 * Cost: linear, no recursion.
 */
import { rowsOf } from './adjacency.ts';
import type { ProcessColumns } from './process-columns.ts';
import { int32s } from './scratch.ts';
import type { FaultList } from './tree-fault.ts';

/** Scratch columns. */
export interface CanonicalOrder {
  /** Row of each index. */
  readonly row: Int32Array;
  /** Index of each row. */
  readonly index: Int32Array;
  /** Index of the parent of each index, −1 outside. */
  readonly parent: Int32Array;
}

/**
 * Row of the root, −1 with a fault where the image has none or leaves it open. Its ppid may be 0 or the number of its
 * real parent, which is not in the image.
 */
export function findRoot(columns: ProcessColumns, rowOf: (pid: number) => number, faults: FaultList): number {
  const { root, ppid } = columns;
  if (root === 0) return onlyRoot(columns, rowOf, faults);
  const row = rowOf(root);
  if (row < 0) faults.add('ROOT_ABSENT', -1, 'root', () => `The root ${root} is not among the processes.`);
  else if (ppid[row] !== 0 && rowOf(ppid[row]!) >= 0) {
    faults.add(
      'ROOT_HAS_PARENT',
      row,
      'ppid',
      () => `The root ${root} has the parent ${ppid[row]}, which is in the image too.`,
    );
  } else return row;
  return -1;
}

/** The one process whose parent is outside: said by 0, or where nobody says so, by a number that is not in the image. */
function onlyRoot(columns: ProcessColumns, rowOf: (pid: number) => number, faults: FaultList): number {
  const { count, ppid } = columns;
  let found = -1;
  for (let row = 0; row < count; row++) {
    if (ppid[row] !== 0) continue;
    if (found < 0) found = row;
    else rootNotNamed(columns, row, found, faults);
  }
  if (found >= 0) return found;
  for (let row = 0; row < count; row++) {
    if (rowOf(ppid[row]!) >= 0) continue;
    if (found < 0) found = row;
    else rootNotNamed(columns, row, found, faults);
  }
  return found;
}

/** Breadth-first numbering. A missing parent or a cycle is a fault; then the answer is null. */
export function canonicalOrder(
  columns: ProcessColumns,
  byPid: Int32Array,
  rootRow: number,
  rowOf: (pid: number) => number,
  faults: FaultList,
): CanonicalOrder | null {
  const { count, ppid } = columns;
  const before = faults.total;

  // The outside is parent number `count`.
  const parentRow = int32s(count);
  for (let row = 0; row < count; row++) {
    let parent = ppid[row] === 0 || row === rootRow ? count : rowOf(ppid[row]!);
    if (parent < 0) {
      parentAbsent(columns, row, faults);
      parent = count;
    }
    parentRow[row] = parent;
  }
  const parentByPid = int32s(count);
  for (let i = 0; i < count; i++) parentByPid[i] = parentRow[byPid[i]!]!;
  /** Children of each row, in ascending pid. */
  const { offset: start, items: child } = rowsOf(count + 1, parentByPid, byPid, count);

  const rows = int32s(count);
  const index = int32s(count, -1);
  const parent = int32s(count);
  let size = 0;
  if (rootRow >= 0) {
    parent[0] = -1;
    rows[size++] = rootRow;
  }
  for (let i = start[count]!; i < start[count + 1]!; i++) {
    if (child[i] === rootRow) continue;
    parent[size] = -1;
    rows[size++] = child[i]!;
  }
  for (let at = 0; at < size; at++) {
    const row = rows[at]!;
    index[row] = at;
    for (let i = start[row]!; i < start[row + 1]!; i++) {
      parent[size] = at;
      rows[size++] = child[i]!;
    }
  }
  if (size < count) reportCycles(columns, parentRow, index, faults);
  return faults.total > before ? null : { row: rows, index, parent };
}

/** A column of the upload in canonical order, put into `result`. */
export function inOrder<C extends Int32Array | Uint8Array | Float64Array>(
  column: C,
  { row }: CanonicalOrder,
  result: C,
): C {
  for (let index = 0; index < row.length; index++) result[index] = column[row[index]!]!;
  return result;
}

/** "Not said of anybody" has one form, null, so that an image's content hash does not depend on how it was said. */
export function whereSaid<C extends Int32Array | Uint8Array | Float64Array>(
  column: C | null,
  order: CanonicalOrder,
  says: (value: number) => boolean,
): C | null {
  if (column === null) return null;
  const { length } = order.row;
  const result = inOrder(column, order, new (column.constructor as new (length: number) => C)(length));
  return result.some(says) ? result : null;
}

// Faults are told outside the loops: a closure over a loop's variable would cost every row a context.

function rootNotNamed({ pid }: ProcessColumns, row: number, other: number, faults: FaultList): void {
  faults.add(
    'ROOT_NOT_NAMED',
    row,
    'ppid',
    () =>
      `The parents of ${pid[other]} and ${pid[row]} are both outside the image: say which one is the root.`,
  );
}

function parentAbsent({ pid, ppid }: ProcessColumns, row: number, faults: FaultList): void {
  faults.add(
    'PARENT_ABSENT',
    row,
    'ppid',
    () => `The parent ${ppid[row]} of ${pid[row]} is not in the image.`,
  );
}

/** One fault a cycle, at its smallest row. Rows that were reached from outside have an index ≥ 0. */
function reportCycles(
  columns: ProcessColumns,
  parentRow: Int32Array,
  index: Int32Array,
  faults: FaultList,
): void {
  const seenBy = int32s(columns.count, -1);
  for (let start = 0; start < columns.count; start++) {
    if (index[start]! >= 0) continue;
    let row = start;
    while (seenBy[row]! < 0) {
      seenBy[row] = start;
      row = parentRow[row]!;
    }
    if (seenBy[row] !== start) continue;
    const cycle: number[] = [];
    let length = 0;
    const entry = row;
    do {
      if (cycle.length < CYCLE_SHOWN) cycle.push(columns.pid[row]!);
      length++;
      row = parentRow[row]!;
    } while (row !== entry);
    const shown =
      length > CYCLE_SHOWN
        ? `${cycle.join(' → ')} → … (${length} processes)`
        : [...cycle, cycle[0]].join(' → ');
    faults.add('PARENT_CYCLE', entry, 'ppid', () => `Parents run in a circle: ${shown}.`);
  }
}

const CYCLE_SHOWN = 10;
