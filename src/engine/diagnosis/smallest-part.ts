/**
 * The smallest part of a refused tree that is still refused (namespaces.md, section 12 and theorem N2).
 *
 * In: a tree, the processes to begin with, and what refuses a part. Out: processes in index order, the root first. A
 * deleted process's children move to its parent if that lives in the same namespace, else to the namespace's init; an
 * init is deleted with its whole namespace. Both keep a reachable tree reachable.
 * Cost: about size of the result × log n decisions; where the budget ends, the part found so far, as not minimal.
 */

import { type SmallestPart, smallestOf } from '../plan/shrink.ts';
import type { WorkBudget } from '../plan/work-budget.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { withAncestors, withInits, withOwners } from '../tree/related-processes.ts';
import { treePart } from '../tree/tree-part.ts';

/** @param start processes that are probably refused by themselves; where they are not, the whole tree is begun with */
export function smallestPart(
  tree: ProcessTree,
  start: readonly number[],
  budget: WorkBudget,
  refuses: (part: ProcessTree, share: WorkBudget) => boolean,
): SmallestPart {
  const owned = withOwners(tree, start);
  const begun = [start, owned, withAncestors(tree, owned)].map((some) => withInits(tree, some));
  return smallestOf(tree.size, begun, budget, (fewer, share) => {
    const smaller = withoutOrphanedNamespaces(tree, fewer);
    const part = treePart(tree, smaller);
    return part !== null && refuses(part, share) ? smaller : null;
  });
}

/** Drops whoever lives in a namespace whose init, or the init of one around it, is gone. */
function withoutOrphanedNamespaces(tree: ProcessTree, kept: readonly number[]): number[] {
  const inside = new Set(kept);
  const gone = tree.namespaces.map((n) => n.init !== OUTSIDE && !inside.has(n.init));
  for (const [n, namespace] of tree.namespaces.entries()) {
    if (n > 0 && gone[namespace.parent]) gone[n] = true;
  }
  return kept.filter((i) => !gone[tree.namespace[i]!]);
}
