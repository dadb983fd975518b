/**
 * Processes put in from outside that own a group and sit in the group from outside: their parent outside moved them
 * back (F24), after they had made the group. A plan cannot say that step, since the group from outside has no number.
 *
 * In: a tree. Out: the same tree before those moves, each such process in the group that it made; null where there is
 * none. The tree is reachable exactly where that one is. Cost: O(n).
 */

import { OUTSIDE, type ProcessTree } from '../../tree/process-tree.ts';
import { canBeMovedBack } from '../local-rules.ts';

export interface BeforeMovesBack {
  readonly tree: ProcessTree;
  /** Processes that were moved back. */
  readonly moved: readonly number[];
}

export function beforeMovesBack(tree: ProcessTree): BeforeMovesBack | null {
  if (tree.parent.indexOf(OUTSIDE, 1) < 0) return null;
  const moved = new Set<number>();
  for (let i = 0; i < tree.size; i++) {
    const owner = tree.pgid[i] === 0 ? -1 : tree.indexOf(tree.pgid[i]!);
    if (owner >= 0 && tree.pgid[owner] === 0 && canBeMovedBack(tree, owner)) moved.add(owner);
  }
  if (moved.size === 0) return null;
  const pgid = tree.pgid.slice();
  const { levels } = tree;
  const inside = levels?.pgid.slice();
  for (const i of moved) {
    pgid[i] = tree.pid[i]!;
    if (!levels || !inside) continue;
    for (let at = levels.offset[i]!; at < levels.offset[i + 1]!; at++) inside[at] = levels.pid[at]!;
  }
  const before = { ...tree, pgid, levels: levels && inside ? { ...levels, pgid: inside } : levels };
  return { tree: before, moved: [...moved] };
}
