/**
 * A part of a tree: some processes, in index order with the root, as if the others had exited and been reaped.
 *
 * The children of whoever is left out move to its parent if that lives in the same namespace, else to the namespace's
 * init (A1, A17, A18). Both keep a reachable tree reachable (theory, theorem 2; namespaces.md, theorem N2), so a part
 * that is unreachable proves that the whole is. Cost: O(kept × distance to the next kept ancestor).
 */

import { buildTree } from './build-tree.ts';
import { ProcessColumns } from './process-columns.ts';
import { OUTSIDE, type ProcessTree } from './process-tree.ts';
import type { Sharing } from './sharing.ts';
import { KINDS, NOT_TOLD } from './sharing-columns.ts';

/** Null: what is kept is no tree, because a namespace lost its init but not its members. */
export function treePart(tree: ProcessTree, kept: readonly number[]): ProcessTree | null {
  const inside = new Set(kept);
  const columns = new ProcessColumns(kept.length);
  columns.root = tree.pid[0]!;
  const namespaces = tree.namespaces.filter((n) => n.init === OUTSIDE || inside.has(n.init));
  columns.namespaces = namespaces.map((n) => ({
    id: n.id,
    parent: n.parent < 0 ? null : tree.namespaces[n.parent]!.id,
    init: n.init === OUTSIDE ? null : tree.pid[n.init]!,
  }));
  for (const i of kept) {
    const ppid = liftedParent(tree, inside, i);
    if (ppid === null) return null;
    const row = columns.append(tree.pid[i]!, ppid, tree.pgid[i]!, tree.sid[i]!);
    columns.state[row] = tree.state[i]!;
    columns.subreaper[row] = 0;
    columns.exitStatus[row] = tree.exitStatus[i]!;
    for (let t = tree.threadOffset[i]!; t < tree.threadOffset[i + 1]!; t++)
      columns.appendThread(tree.threadId[t]!);
    columns.namespace[row] = namespaces.indexOf(tree.namespaces[tree.namespace[i]!]!);
    if (tree.sharing) keepSharing(tree.sharing, i, columns, row);
    if (tree.levels) {
      const { offset, pid, pgid, sid } = tree.levels;
      const from = offset[i]!;
      const to = offset[i + 1]!;
      columns.setLevels(pid.subarray(from, to), pgid.subarray(from, to), sid.subarray(from, to));
    }
  }
  const part = buildTree(columns);
  return part.ok ? part.tree : null;
}

function keepSharing(sharing: Sharing, i: number, columns: ProcessColumns, row: number): void {
  const kept = columns.sharingOfRows();
  for (let kind = 0; kind < KINDS.length; kind++) {
    const name = sharing.classes[kind]?.[i] ?? NOT_TOLD;
    if (name !== NOT_TOLD) kept.setClass(row, kind, name);
  }
  if (sharing.exitSignal) kept.setExitSignal(row, sharing.exitSignal[i]!);
  if (sharing.terminal && sharing.terminal[i]! !== NOT_TOLD) kept.setTerminal(row, sharing.terminal[i]!);
}

/** pid of the process that a kept one hangs from when everybody else is deleted. Null: the init above it is gone. */
function liftedParent(tree: ProcessTree, inside: ReadonlySet<number>, i: number): number | null {
  let p = tree.parent[i]!;
  while (p !== OUTSIDE && !inside.has(p)) {
    const above = tree.parent[p]!;
    const here = tree.namespace[p]!;
    if (above !== OUTSIDE && tree.namespace[above] === here) p = above;
    else {
      p = tree.namespaces[here]!.init;
      if (p !== OUTSIDE && !inside.has(p)) return null;
    }
  }
  return p === OUTSIDE ? 0 : tree.pid[p]!;
}
