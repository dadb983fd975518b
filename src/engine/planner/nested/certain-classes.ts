/**
 * Certain group classes (namespaces.md, section 5): who must be born into which group, whatever the births are.
 *
 * A parent that is no init is above its children by birth, and nobody between them is put in from outside, so what must be
 * had from birth was had by the parent too. Hence the same walk as over creators (origin-classes.ts), over these parents.
 * In: a nested tree with its boundary births. Out: a group, or FREE, for every process; or a contradiction, which is a
 * proof. Cost: O(n). Kernel rules: F17 to F20, F22 to F25.
 */

import type { ColumnOf, GroupIndex } from '../../tree/index-kinds.ts';
import { AFTER } from '../origin.ts';
import type { BirthContradiction, BoundaryBirths } from './boundary-births.ts';
import { isInit, type NestedTree } from './nested-tree.ts';
import { type ClassConflict, ClassWalk } from './origin-classes.ts';

export function certainClasses(
  nested: NestedTree,
  births: BoundaryBirths,
): ColumnOf<GroupIndex> | BirthContradiction {
  const { size } = nested.tree;
  const creator = nested.parent.map((p) => (p >= 0 && isInit(nested, p) ? 0 : p));
  const phase = new Uint8Array(size).fill(AFTER);
  const sibling = new Uint8Array(size);
  const parents = { elements: size, creator, phase, sibling, firstTool: size, tools: [] };
  const walk = new ClassWalk(nested, births, parents);
  for (let q = size - 1; q > 0; q--) {
    const conflict = walk.goUpFrom(q);
    if (conflict) return contradictionOf(nested, conflict);
  }
  const conflict = walk.settleBroughtIn();
  return conflict ? contradictionOf(nested, conflict) : walk.classes.of;
}

function contradictionOf(
  { tree, groups, boundary }: NestedTree,
  { creator, child, groups: both, stays }: ClassConflict,
): BirthContradiction {
  const processes = child === null ? [creator] : [creator, child];
  const [who, whom] = processes.map((q) => tree.pid[q]!);
  const [one, other] = both.map((g) => groups.number[g]!);
  const isPutIn = boundary[creator] === 1;
  if (!stays) {
    const where = isPutIn ? ' was put into its namespace from outside, so it' : '';
    return {
      processes,
      text: `${who}${where} was born in one group, but what is below it was born in groups ${one} and ${other}, which can only be had from birth.`,
    };
  }
  if (isPutIn) {
    return {
      processes,
      text: `${who} was put into its namespace from outside and can never leave group ${one}, but ${whom} below it was born in another group from outside.`,
    };
  }
  return {
    processes,
    text: `${who} can never have left group ${one}, so whatever is born below it in its pid namespace is in that group or in one of that namespace, but ${whom} below it was born in group ${other}.`,
  };
}
