/**
 * Group classes of a given tree of births (namespaces.md, section 5): who must be born into which group, where the
 * creators are known.
 *
 * In: a nested origin with its boundary births; its tools have no class yet. Out: the same origin with a tool for each
 * class, and the classes. Going up from the children: a group that must be had from birth is set by a creator that sees
 * its number and is the parent; any other creator must be in it itself.
 * Null: a process would have to be born in two such groups. Cost: O(elements). Kernel rules: F17–F20, F22–F25.
 */

import {
  type ColumnOf,
  type ElementIndex,
  type GroupIndex,
  isProcess,
  type ProcessIndex,
} from '../../tree/index-kinds.ts';
import { walkOrigin } from '../schedule/origin-walk.ts';
import { type BoundaryBirths, birthSession } from './boundary-births.ts';
import {
  allFree,
  bringIn,
  FREE,
  type GroupClasses,
  isSeenFrom,
  mustInherit,
  settleBroughtIn,
} from './group-classes.ts';
import { bearingPhases, type NestedOrigin, placeOf, type Tool } from './nested-origin.ts';
import { leadsSession, type NestedTree } from './nested-tree.ts';
import type { Solution } from './solution.ts';

export function originClasses(
  nested: NestedTree,
  births: BoundaryBirths,
  origin: NestedOrigin,
): Pick<Solution, 'origin' | 'classes'> | null {
  const walk = new ClassWalk(nested, births, origin);
  const { postorder } = walkOrigin(origin);
  for (const e of postorder) if (e > 0 && walk.goUpFrom(e)) return null;
  if (walk.settleBroughtIn()) return null;
  const { tools, classes } = walk;
  return { origin: { ...origin, tools, phase: bearingPhases(nested, origin) }, classes };
}

/** Two groups are needed at once. */
export interface ClassConflict {
  /** Who would have to be in both, and whom that one bears into the second; none, where it bears into both. */
  readonly creator: ElementIndex;
  readonly child: ElementIndex | null;
  readonly groups: readonly [GroupIndex, GroupIndex];
  /** Can the creator never have left the first, which it ends in? */
  readonly stays: boolean;
}

/** Goes up from whoever is borne to whoever bears. */
export class ClassWalk {
  readonly tools: Tool[];
  readonly classes: GroupClasses;
  private readonly nested: NestedTree;
  private readonly births: BoundaryBirths;
  private readonly origin: NestedOrigin;
  /** By element: the group that it must be born into for the sake of what it bears, and of itself. */
  private readonly need: ColumnOf<GroupIndex>;

  constructor(nested: NestedTree, births: BoundaryBirths, origin: NestedOrigin) {
    this.nested = nested;
    this.births = births;
    this.origin = origin;
    this.tools = [...origin.tools];
    this.need = new Int32Array(origin.elements).fill(FREE);
    this.classes = allFree(nested.tree.size);
  }

  /** What e needs, handed to its creator; everybody that e bears has been here. */
  goUpFrom(e: ElementIndex): ClassConflict | null {
    const { need, origin, tools, classes } = this;
    const { size } = this.nested.tree;
    if (isProcess(e, size) && need[e] === FREE) need[e] = this.ownNeed(e);
    const g = need[e]!;
    if (g === FREE) return null;
    if (e >= origin.firstTool) tools[e - origin.firstTool] = { ...tools[e - origin.firstTool]!, cls: g };
    if (isProcess(e, size)) {
      if (this.letParentSet(e, g)) return null;
      classes.of[e] = g;
    }
    return this.handToCreator(origin.creator[e]!, g, e);
  }

  /** The group that a process must have from birth for its own sake. */
  private ownNeed(e: ProcessIndex): GroupIndex {
    const { nested, births } = this;
    const g = nested.groups.of[e]!;
    if (leadsSession(nested, e) || !mustInherit(nested, births, e, g)) return FREE;
    return this.letParentSet(e, g) ? FREE : g;
  }

  /** Creator c must be in g when it bears a child, unless it is the parent that sets the child. */
  private handToCreator(c: ElementIndex, g: GroupIndex, child: ElementIndex): ClassConflict | null {
    const { nested, need, classes } = this;
    if (c === 0 || isSeenFrom(nested, placeOf(nested, this.origin, c), g)) return null;
    const { size } = nested.tree;
    if (isProcess(c, size) && nested.groups.of[c] !== g && this.staysFromBirth(c))
      return { creator: c, child, groups: [nested.groups.of[c]!, g], stays: true };
    if (isProcess(c, size) && nested.boundary[c]) {
      if (need[c] === FREE || mustInherit(nested, this.births, c, g)) need[c] = g;
      bringIn(classes, c, g);
      return null;
    }
    const other = need[c]!;
    if (other !== FREE && other !== g) return { creator: c, child, groups: [other, g], stays: false };
    need[c] = g;
    return null;
  }

  /** Of several groups that one process brings in, the one that it must have from birth is the first. */
  settleBroughtIn(): ClassConflict | null {
    const { nested, births, classes } = this;
    for (const x of classes.alsoBroughtIn.keys()) {
      const [one, other] = settleBroughtIn(nested, births, classes, x);
      if (other !== undefined) return { creator: x, child: null, groups: [one!, other], stays: false };
    }
    return null;
  }

  /** Was the parent of e outside in the session that e was born in, and is it there for ever? */
  private parentStays(e: ProcessIndex): boolean {
    const { nested, births } = this;
    const p = nested.tree.parent[e]!;
    return p >= 0 && nested.sessions.of[p] === birthSession(nested, births, e);
  }

  /** The process that came from outside itself, which e is a sibling of by CLONE_PARENT. */
  private firstSibling(e: ProcessIndex): ElementIndex {
    const { sibling, creator } = this.origin;
    let x: ElementIndex = e;
    while (x > 0 && sibling[x]) x = creator[x]!;
    return x;
  }

  /** Can its parent outside set e into g as soon as it is born? Of a sibling that is the parent, or carrier, of the first. */
  private isSetAtBirth(e: ProcessIndex, g: GroupIndex): boolean {
    const { boundary, mu, tree } = this.nested;
    if (!boundary[e] || !isSeenFrom(this.nested, mu[e]!, g)) return false;
    if (!this.origin.sibling[e]) return true;
    const first = this.firstSibling(e);
    return this.parentStays(e) || (first > 0 && first < tree.size && boundary[first] === 1);
  }

  /** The same, and then sees to a parent in the session. */
  private letParentSet(e: ProcessIndex, g: GroupIndex): boolean {
    if (!this.isSetAtBirth(e, g)) return false;
    if (this.origin.sibling[e] && !this.parentStays(e)) this.classes.carried.push(this.firstSibling(e));
    return true;
  }

  /** Can nobody put c back into the group that it ends in? Its parent outside can, if it is in the session. */
  private staysFromBirth(c: ProcessIndex): boolean {
    const { nested, births } = this;
    const own = nested.groups.of[c]!;
    if (leadsSession(nested, c) || !mustInherit(nested, births, c, own)) return false;
    return !this.isSetAtBirth(c, own);
  }
}
