/**
 * A part of a tree: some processes, in index order with the root, as if the others had exited and been reaped.
 *
 * The children of whoever is left out move to its parent if that lives in the same namespace, else to the namespace's
 * init (A1, A17, A18). Both keep a reachable tree reachable (theory, theorem 2; namespaces.md, theorem N2), so a part
 * that is unreachable proves that the whole is. Cost: O(kept × distance to the next kept ancestor).
 */

import { buildTree } from './build-tree.ts';
import { NEW_NAMESPACE, ProcessColumns, UNKNOWN } from './process-columns.ts';
import { OUTSIDE, type ProcessTree } from './process-tree.ts';
import { appendLevels, appendProcess, appendSharing } from './tree-rows.ts';

/**
 * Null: what is kept is no tree, because a namespace lost its init but not its members.
 * @param root number of the root; where nobody has it, of one who hangs from outside too, in session and group 0
 */
export function treePart(
  tree: ProcessTree,
  kept: readonly number[],
  root = tree.pid[0]!,
): ProcessTree | null {
  const inside = new Set(kept);
  const columns = new ProcessColumns(kept.length + 1);
  columns.root = root;
  if (tree.indexOf(root) < 0) {
    columns.append(root, 0, 0, 0);
    if (tree.levels) columns.setLevels([root], [0], [0]);
  }
  const namespaces = tree.namespaces.filter((n) => n.init === OUTSIDE || inside.has(n.init));
  columns.namespaces = namespaces.map((n) => ({
    id: n.id,
    parent: n.parent < 0 ? null : tree.namespaces[n.parent]!.id,
    init: n.init === OUTSIDE ? null : tree.pid[n.init]!,
  }));
  for (const i of kept) {
    const ppid = liftedParent(tree, inside, i);
    if (ppid === null) return null;
    const namespace = namespaces.indexOf(tree.namespaces[tree.namespace[i]!]!);
    const row = appendProcess(columns, tree, i, ppid, namespace);
    columns.subreaper[row] = 0;
    appendSharing(columns, row, tree, i);
    const elsewhere = tree.forChildren?.[i] ?? UNKNOWN;
    const keptNamespace = elsewhere < 0 ? -1 : namespaces.indexOf(tree.namespaces[elsewhere]!);
    if (keptNamespace >= 0) columns.setForChildren(row, keptNamespace);
    else if (elsewhere === NEW_NAMESPACE) columns.setForChildren(row, NEW_NAMESPACE);
    if (tree.levels) appendLevels(columns, tree, i);
  }
  const part = buildTree(columns);
  return part.ok ? part.tree : null;
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
