/**
 * Pids inside nested namespaces: no two processes of one namespace, or of those below it, have one number there.
 *
 * In: columns whose vectors have the right lengths, the namespace forest, the rows by pid. Out: a fault for each process
 * that has the number of another one.
 * Cost: one pass where numbers ascend with the pids, as the kernel gives them; else a table of all inner numbers.
 */
import type { NamespaceForest } from './namespace-forest.ts';
import { PairTable } from './number-table.ts';
import type { ProcessColumns } from './process-columns.ts';
import { int32s } from './scratch.ts';
import type { FaultList } from './tree-fault.ts';

export function checkInnerNumbers(
  columns: ProcessColumns,
  forest: NamespaceForest,
  byPid: Int32Array,
  faults: FaultList,
): void {
  if (columns.levels === null || forest.namespaces.length === 1) return;
  if (!ascend(columns, forest, byPid)) checkByTable(columns, forest, byPid, faults);
}

function ascend(columns: ProcessColumns, forest: NamespaceForest, byPid: Int32Array): boolean {
  const { namespaces } = forest;
  const { offset, pid } = columns.levels!;
  const last = int32s(namespaces.length, 0);
  for (let i = 0; i < columns.count; i++) {
    const row = byPid[i]!;
    let n = forest.canonical[columns.namespace[row]!]!;
    for (let at = offset[row + 1]! - 1; at > offset[row]!; at--) {
      if (pid[at]! <= last[n]!) return false;
      last[n] = pid[at]!;
      n = namespaces[n]!.parent;
    }
  }
  return true;
}

function checkByTable(
  columns: ProcessColumns,
  forest: NamespaceForest,
  byPid: Int32Array,
  faults: FaultList,
): void {
  const { namespaces } = forest;
  const { offset, pid } = columns.levels!;
  const owners = new PairTable(offset[columns.count]! - columns.count);
  for (let i = 0; i < columns.count; i++) {
    const row = byPid[i]!;
    let n = forest.canonical[columns.namespace[row]!]!;
    for (let at = offset[row + 1]! - 1; at > offset[row]!; at--) {
      const owner = owners.get(n, pid[at]!);
      if (owner < 0) owners.set(n, pid[at]!, row);
      else twice(columns, owner, row, pid[at]!, namespaces[n]!.id, faults);
      n = namespaces[n]!.parent;
    }
  }
}

function twice(
  { pid }: ProcessColumns,
  owner: number,
  row: number,
  number: number,
  id: string,
  faults: FaultList,
): void {
  faults.add(
    'DUPLICATE_PID',
    row,
    'nspid',
    () => `${pid[owner]} and ${pid[row]} both have the number ${number} in pid namespace "${id}".`,
  );
}
