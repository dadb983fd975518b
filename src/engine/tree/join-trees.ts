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
import { NOT_TOLD } from './sharing-columns.ts';
import { appendLevels, appendProcess, appendSharing } from './tree-rows.ts';

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
      if (nested) appendLevels(columns, tree, i);
      appendSharing(columns, row, tree, i, classes);
      if (tree.sharing) addSharingOfThreads(columns, row, tree, tree.sharing, i, classes);
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
  const row = appendProcess(columns, tree, i, parentPid(tree, i), homes[tree.namespace[i]!]!);
  if (tree.caba && tree.caba[i]! >= 0) columns.setCaba(row, tree.caba[i]!);
  if (tree.startTime) columns.setStartTime(row, tree.startTime[i]!);
  const name = tree.comm?.[i];
  if (name !== undefined) columns.setComm(row, name);
  const forChildren = tree.forChildren?.[i] ?? -1;
  if (forChildren !== -1) columns.setForChildren(row, homes[forChildren] ?? forChildren);
  return row;
}

/** @param base above the class numbers of the trees before it */
function addSharingOfThreads(
  columns: ProcessColumns,
  row: number,
  tree: ProcessTree,
  { threadFiles, threadFs }: Sharing,
  i: number,
  base: number,
): void {
  const own = columns.sharingOfRows();
  const threads = columns.threadOffset[row]!;
  for (let t = tree.threadOffset[i]!; t < tree.threadOffset[i + 1]!; t++) {
    const at = threads + t - tree.threadOffset[i]!;
    if (threadFiles && threadFiles[t]! !== NOT_TOLD) own.setThreadFiles(at, base + threadFiles[t]!);
    if (threadFs && threadFs[t]! !== NOT_TOLD) own.setThreadFs(at, base + threadFs[t]!);
  }
}
