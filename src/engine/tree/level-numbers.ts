/**
 * Numbers on all levels: checked, what was left out derived, and put into canonical order.
 *
 * In: process columns, the namespace forest, the canonical order. Out: the three vectors of every process
 * (compressed sparse rows, level 0 first), null where the image has one namespace only.
 * Invariant: a vector has one entry a level of its process; entry 0 is the level-0 number.
 * Rules N3 and N5 (a number is visible down to the deepest namespace that its owner and its reader share) serve only
 * to fill in vectors that were left out; whether given vectors follow them is for the planner to judge.
 * Cost: linear in the processes times their levels.
 */
import type { CanonicalOrder } from './canonical-order.ts';
import type { ForestNamespace, NamespaceForest } from './namespace-forest.ts';
import { LEFT_OUT, type ProcessColumns } from './process-columns.ts';
import type { ProcessTree } from './process-tree.ts';
import type { FaultList } from './tree-fault.ts';

/** Lengths and level-0 entries of the vectors that the image gives. */
export function checkLevels(columns: ProcessColumns, forest: NamespaceForest, faults: FaultList): void {
  const { levels, pid, pgid, sid, namespace } = columns;
  if (levels === null) {
    if (forest.namespaces.length > 1) checkAllOutermost(columns, forest, faults);
    return;
  }
  for (let row = 0; row < columns.count; row++) {
    const at = levels.offset[row]!;
    const home = forest.namespaces[forest.canonical[namespace[row]!]!]!;
    if (levels.offset[row + 1]! - at !== home.level + 1) {
      wrongLength(row, pid[row]!, levels.offset[row + 1]! - at, home, faults);
      continue;
    }
    if (levels.pid[at] !== pid[row]) mismatch(row, 'nspid', levels.pid[at]!, pid[row]!, faults);
    if (levels.pgid[at] !== LEFT_OUT && levels.pgid[at] !== pgid[row]) {
      mismatch(row, 'nspgid', levels.pgid[at]!, pgid[row]!, faults);
    }
    if (levels.sid[at] !== LEFT_OUT && levels.sid[at] !== sid[row]) {
      mismatch(row, 'nssid', levels.sid[at]!, sid[row]!, faults);
    }
  }
}

function checkAllOutermost(
  { count, pid, namespace }: ProcessColumns,
  forest: NamespaceForest,
  faults: FaultList,
): void {
  for (let row = 0; row < count; row++) {
    const home = forest.namespaces[forest.canonical[namespace[row]!]!]!;
    if (home.level > 0) wrongLength(row, pid[row]!, 1, home, faults);
  }
}

function wrongLength(
  row: number,
  pid: number,
  length: number,
  home: ForestNamespace,
  faults: FaultList,
): void {
  const { id, level } = home;
  faults.add(
    'LEVELS_LENGTH',
    row,
    'nspid',
    () => `The nspid of ${pid} needs ${level + 1} numbers for pid namespace "${id}"; it has ${length}.`,
  );
}

function mismatch(row: number, field: string, first: number, wanted: number, faults: FaultList): void {
  faults.add(
    'LEVELS_MISMATCH',
    row,
    field,
    () => `The ${field} starts with ${first}; on level 0 the number is ${wanted}.`,
  );
}

/** The vectors in canonical order. A vector that was left out and whose leader is not in the image is a fault. */
export function canonicalLevels(
  columns: ProcessColumns,
  forest: NamespaceForest,
  order: CanonicalOrder,
  rowOf: (pid: number) => number,
  faults: FaultList,
): ProcessTree['levels'] {
  const given = columns.levels;
  if (forest.namespaces.length === 1 || given === null) return null;
  const { count } = columns;
  const offset = new Int32Array(count + 1);
  for (let index = 0; index < count; index++) {
    const row = order.row[index]!;
    offset[index + 1] = offset[index]! + given.offset[row + 1]! - given.offset[row]!;
  }
  const total = offset[count]!;
  const levels = {
    offset,
    pid: new Int32Array(total),
    pgid: new Int32Array(total),
    sid: new Int32Array(total),
  };
  for (let index = 0; index < count; index++) {
    const row = order.row[index]!;
    const from = given.offset[row]!;
    const to = given.offset[row + 1]!;
    const by = offset[index]! - from;
    for (let at = from; at < to; at++) levels.pid[at + by] = given.pid[at]!;
    if (given.pgid[from] === LEFT_OUT) derive(index, levels.pgid, columns.pgid[row]!, 'nspgid');
    else for (let at = from; at < to; at++) levels.pgid[at + by] = given.pgid[at]!;
    if (given.sid[from] === LEFT_OUT) derive(index, levels.sid, columns.sid[row]!, 'nssid');
    else for (let at = from; at < to; at++) levels.sid[at + by] = given.sid[at]!;
  }
  return levels;

  function derive(index: number, vector: Int32Array, leader: number, field: string): void {
    const at = offset[index]!;
    vector[at] = leader;
    if (leader === 0 || offset[index + 1]! === at + 1) return;
    const row = order.row[index]!;
    const leaderRow = rowOf(leader);
    if (leaderRow < 0) {
      faults.add(
        'LEVELS_ABSENT',
        row,
        field,
        () => `${columns.pid[row]} needs its ${field}: the leader ${leader} is not in the image.`,
      );
      return;
    }
    const shared = sharedLevel(forest.namespaces, namespaceOf(row), namespaceOf(leaderRow));
    const from = given!.offset[leaderRow]!;
    for (let level = 1; level <= shared; level++) vector[at + level] = given!.pid[from + level]!;
  }

  function namespaceOf(row: number): number {
    return forest.canonical[columns.namespace[row]!]!;
  }
}

/** Level of the deepest namespace that has both inside. */
function sharedLevel(namespaces: readonly ForestNamespace[], one: number, other: number): number {
  let a = one;
  let b = other;
  while (a !== b) {
    if (namespaces[a]!.level >= namespaces[b]!.level) a = namespaces[a]!.parent;
    else b = namespaces[b]!.parent;
  }
  return namespaces[a]!.level;
}
