/**
 * Birth constraints over nested pid namespaces: groups that must be had from birth, who needs a carrier for them, who
 * must hang from its creator, and whether somebody must stay behind in the outside session (namespaces.md, section 7,
 * birthGrp, and section 8).
 *
 * In: the nested tree, its classes, the nested origin. Out: for every element the group that it must be in from birth;
 * the processes that a carrier must make, because only a parent in their session can move them later; the elements
 * that somebody below reaches its wanted parent through. Cost: O(elements). Kernel rules: F18, F19, F24.
 */

import { OUTSIDE } from '../../tree/process-tree.ts';
import type { OriginWalk } from '../schedule/origin-walk.ts';
import type { BoundaryBirths } from './boundary-births.ts';
import { FREE, type GroupClasses, mustInherit, seesGroup } from './group-classes.ts';
import type { NestedOrigin } from './nested-origin.ts';
import { isInit, leadsSession, type NestedTree } from './nested-tree.ts';

export interface BirthGroups {
  /** Group that an element must be in from birth, FREE if it can come into any later. */
  readonly groupOf: Int32Array;
  /** Processes that a carrier must make. */
  readonly carried: readonly number[];
}

export function birthGroups(
  nested: NestedTree,
  origin: NestedOrigin,
  births: BoundaryBirths,
  classes: GroupClasses,
): BirthGroups {
  const carried: number[] = [...classes.carried];
  const { tree, groups, boundary } = nested;
  const groupOf = new Int32Array(origin.elements).fill(FREE);
  const ownsGroup = new Uint8Array(tree.size);
  for (let q = 0; q < tree.size; q++) {
    const owner = groups.process[groups.of[q]!]!;
    if (owner >= 0 && owner !== q) ownsGroup[owner] = 1;
  }
  for (const [k, tool] of origin.tools.entries()) groupOf[origin.firstTool + k] = tool.cls;
  for (let q = 1; q < tree.size; q++) {
    if (!boundary[q]) continue;
    const g = groups.of[q]!;
    const cannotMove = !leadsSession(nested, q) && !seesGroup(nested, q, g);
    const canBeMoved = cannotMove && !mustInherit(nested, births, q, g);
    const broughtIn = classes.broughtIn[q]!;
    const setAtBirth = broughtIn !== FREE && !mustInherit(nested, births, q, broughtIn);
    if (classes.of[q] !== FREE && !setAtBirth) groupOf[q] = classes.of[q]!;
    else if (broughtIn !== FREE) groupOf[q] = broughtIn;
    else if (cannotMove && !(canBeMoved && ownsGroup[q])) groupOf[q] = g;
    // Only a parent in its session can move it later, or back: a carrier, which stays its parent until then.
    const comesBack = ownsGroup[q] === 1 && leavesItsSession(nested, origin, q);
    if (classes.alsoBroughtIn.has(q) || (canBeMoved && (groupOf[q] !== g || comesBack))) carried.push(q);
  }
  return { groupOf, carried };
}

/** Is the creator of q not in the session of q in the end? */
function leavesItsSession({ sessions, tree }: NestedTree, { creator }: NestedOrigin, q: number): boolean {
  const o = creator[q]!;
  return o < tree.size && sessions.of[o] !== sessions.of[q];
}

/** Elements that somebody below reaches its wanted parent through: they must hang from their creator, or its carrier. */
export function childrenThatMustStay(nested: NestedTree, { preorder, depth }: OriginWalk): Uint8Array {
  const { size, parent } = nested.tree;
  const stay = new Uint8Array(depth.length);
  const path = new Int32Array(preorder.length + 1);
  for (const e of preorder) {
    path[depth[e]!] = e;
    if (e === 0 || e >= size) continue;
    const p = parent[e]!;
    if (p === OUTSIDE || isInit(nested, p) || path[depth[p]!] !== p) continue;
    const below = path[depth[p]! + 1]!;
    if (below !== e) stay[below] = 1;
  }
  return stay;
}

/** Will a group of the outside session, not made yet, need a helper as its owner that no member of it can make? */
export function needsKeeper(
  { groups, sessions, relations, tree }: NestedTree,
  birthGroup: Int32Array,
  groupMade: readonly boolean[],
): boolean {
  for (let g = 1; g < groups.count; g++) {
    if (groups.process[g]! >= 0 || groupMade[g] || sessions.of[groups.witness[g]!] !== 0) continue;
    if (birthGroup.includes(g)) return true;
    const home = groups.namespace[g]!;
    let maker = 0;
    while (maker < tree.size && !(groups.of[maker] === g && relations.isWithin(home, tree.namespace[maker]!)))
      maker++;
    if (maker === tree.size) return true;
  }
  return false;
}
