/**
 * Trees of one pid namespace joined into one, as the containers of a pod that share it.
 *
 * In: trees whose level 0 is the same namespace. Out: their processes as one image; the root is the namespace's init where
 * one of them has it, else the root with the smallest number, and all other roots hang from outside, as what is put into a
 * namespace does. Faults where they cannot live together: two inits, a number that two of them have.
 * Invariant: the result depends on the set of trees, not on their order. What counts within one image only (numbers of
 * shared objects, orders of birth) stays apart: objects of two trees are never one, orders of birth are left out.
 * Cost: linear.
 */

import { type BuiltTree, buildTree } from './build-tree.ts';
import { type PidNamespaceDeclaration, ProcessColumns } from './process-columns.ts';
import { type ProcessTree, parentPid, rootIsInit } from './process-tree.ts';
import type { Sharing } from './sharing.ts';
import { KINDS, NOT_TOLD } from './sharing-columns.ts';

export function joinTrees(trees: readonly ProcessTree[]): BuiltTree {
  const inOrder = [...trees].sort(
    (a, b) => Number(rootIsInit(b)) - Number(rootIsInit(a)) || a.pid[0]! - b.pid[0]!,
  );
  const first = inOrder[0]!;
  const second = inOrder[1];
  if (second && rootIsInit(second)) {
    const message = `${first.pid[0]} and ${second.pid[0]} are both the init of their pid namespace.`;
    return { ok: false, faults: [{ code: 'INIT_NOT_ROOT', row: -1, field: 'root', message }], total: 1 };
  }
  const columns = new ProcessColumns(trees.reduce((sum, { size }) => sum + size, 0));
  columns.root = first.pid[0]!;
  const namespaces: PidNamespaceDeclaration[] = [
    { id: '0', parent: null, init: rootIsInit(first) ? first.pid[0]! : null },
  ];
  const nested = trees.some(({ levels }) => levels !== null);
  let classes = 0;
  for (const tree of inOrder) {
    const homes = addNamespaces(namespaces, tree);
    for (let i = 0; i < tree.size; i++) {
      const row = addProcess(columns, tree, i, homes);
      if (nested) addLevels(columns, tree, i);
      if (tree.sharing) addSharing(columns, row, tree, tree.sharing, i, classes);
    }
    classes += tree.size + tree.threadId.length;
  }
  columns.namespaces = namespaces;
  return buildTree(columns);
}

/** Level 0 is everybody's; the others get names of their own. @returns for each of the tree's where it is */
function addNamespaces(namespaces: PidNamespaceDeclaration[], tree: ProcessTree): number[] {
  const homes = [0];
  for (const { id, parent, init } of tree.namespaces.slice(1)) {
    homes.push(namespaces.length);
    const above = namespaces[homes[parent]!]!.id;
    namespaces.push({ id: `${tree.pid[0]}/${id}`, parent: above, init: tree.pid[init]! });
  }
  return homes;
}

function addProcess(columns: ProcessColumns, tree: ProcessTree, i: number, homes: readonly number[]): number {
  const row = columns.append(tree.pid[i]!, parentPid(tree, i), tree.pgid[i]!, tree.sid[i]!);
  columns.state[row] = tree.state[i]!;
  columns.subreaper[row] = tree.subreaper[i]!;
  columns.exitStatus[row] = tree.exitStatus[i]!;
  columns.namespace[row] = homes[tree.namespace[i]!]!;
  for (let t = tree.threadOffset[i]!; t < tree.threadOffset[i + 1]!; t++)
    columns.appendThread(tree.threadId[t]!);
  if (tree.caba && tree.caba[i]! >= 0) columns.setCaba(row, tree.caba[i]!);
  if (tree.startTime) columns.setStartTime(row, tree.startTime[i]!);
  const name = tree.comm?.[i];
  if (name !== undefined) columns.setComm(row, name);
  const forChildren = tree.forChildren?.[i] ?? -1;
  if (forChildren !== -1) columns.setForChildren(row, homes[forChildren] ?? forChildren);
  return row;
}

function addLevels(columns: ProcessColumns, { levels, pid, pgid, sid }: ProcessTree, i: number): void {
  if (levels === null) {
    columns.setLevels([pid[i]!], [pgid[i]!], [sid[i]!]);
    return;
  }
  const [from, to] = [levels.offset[i]!, levels.offset[i + 1]!];
  columns.setLevels(
    levels.pid.subarray(from, to),
    levels.pgid.subarray(from, to),
    levels.sid.subarray(from, to),
  );
}

/** @param base above the class numbers of the trees before it */
function addSharing(
  columns: ProcessColumns,
  row: number,
  tree: ProcessTree,
  { classes, exitSignal, terminal, threadFiles, threadFs }: Sharing,
  i: number,
  base: number,
): void {
  const own = columns.sharingOfRows();
  for (let kind = 0; kind < KINDS.length; kind++) {
    const name = classes[kind]?.[i] ?? NOT_TOLD;
    if (name !== NOT_TOLD) own.setClass(row, kind, base + name);
  }
  if (exitSignal) own.setExitSignal(row, exitSignal[i]!);
  if (terminal && terminal[i]! !== NOT_TOLD) own.setTerminal(row, terminal[i]!);
  const threads = columns.threadOffset[row]!;
  for (let t = tree.threadOffset[i]!; t < tree.threadOffset[i + 1]!; t++) {
    const at = threads + t - tree.threadOffset[i]!;
    if (threadFiles && threadFiles[t]! !== NOT_TOLD) own.setThreadFiles(at, base + threadFiles[t]!);
    if (threadFs && threadFs[t]! !== NOT_TOLD) own.setThreadFs(at, base + threadFs[t]!);
  }
}
