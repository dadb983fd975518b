/**
 * Processes of a tree as rows of columns again, for other trees that are made of them.
 *
 * In: a process, the parent and the pid namespace that it is to have. Out: its row, with numbers, state, threads and what
 * it shares. Cost: O(threads + levels).
 */

import type { ProcessColumns } from './process-columns.ts';
import { onLevels, type ProcessTree } from './process-tree.ts';
import { KINDS, NOT_TOLD } from './sharing-columns.ts';

export function appendProcess(
  columns: ProcessColumns,
  tree: ProcessTree,
  i: number,
  ppid: number,
  namespace: number,
): number {
  const row = columns.append(tree.pid[i]!, ppid, tree.pgid[i]!, tree.sid[i]!);
  columns.state[row] = tree.state[i]!;
  columns.subreaper[row] = tree.subreaper[i]!;
  columns.exitStatus[row] = tree.exitStatus[i]!;
  columns.namespace[row] = namespace;
  for (let t = tree.threadOffset[i]!; t < tree.threadOffset[i + 1]!; t++)
    columns.appendThread(tree.threadId[t]!);
  return row;
}

/** For the process that was appended last. */
export function appendLevels(columns: ProcessColumns, tree: ProcessTree, i: number): void {
  columns.setLevels(onLevels(tree, i, 'pid'), onLevels(tree, i, 'pgid'), onLevels(tree, i, 'sid'));
}

/** @param base added to the names of classes, to hold those of several trees apart */
export function appendSharing(
  columns: ProcessColumns,
  row: number,
  { sharing }: ProcessTree,
  i: number,
  base = 0,
): void {
  if (sharing === null) return;
  const { classes, exitSignal, terminal } = sharing;
  const own = columns.sharingOfRows();
  for (let kind = 0; kind < KINDS.length; kind++) {
    const name = classes[kind]?.[i] ?? NOT_TOLD;
    if (name !== NOT_TOLD) own.setClass(row, kind, base + name);
  }
  if (exitSignal) own.setExitSignal(row, exitSignal[i]!);
  if (terminal && terminal[i]! !== NOT_TOLD) own.setTerminal(row, terminal[i]!);
}
