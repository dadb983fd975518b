/**
 * Local rule N6: who has to inherit its final group never had a group of its own, so nobody else can be in one.
 *
 * In: a nested tree with its boundary births. Out: the rule where it is broken. Cost: O(n). Kernel rules: F5, F18, F24.
 */

import type { BrokenRule } from '../broken-rule.ts';
import type { BoundaryBirths } from './boundary-births.ts';
import { mustInherit } from './group-classes.ts';
import type { NestedTree } from './nested-tree.ts';

export function inheritOnlyOwner(nested: NestedTree, births: BoundaryBirths): BrokenRule | null {
  const { tree, groups } = nested;
  for (let q = 0; q < tree.size; q++) {
    const owner = groups.process[groups.of[q]!]!;
    if (owner < 0 || owner === q || groups.of[owner] === groups.of[q]) continue;
    if (!mustInherit(nested, births, owner, groups.of[owner]!)) continue;
    const text = `${tree.pid[owner]} can have its group ${groups.number[groups.of[owner]!]} from birth only, so it never made group ${tree.pid[owner]}, which ${tree.pid[q]} is in.`;
    const facts = [q, owner].map((i) => ({
      pid: tree.pid[i]!,
      field: 'pgid' as const,
      value: tree.pgid[i]!,
    }));
    return { rule: 'N6', facts, text };
  }
  return null;
}
