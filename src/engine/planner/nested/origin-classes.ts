/**
 * Group classes of a given tree of births (namespaces.md, section 5): who must be born into which group, where the
 * creators are known.
 *
 * In: a nested origin with its boundary births; its tools have no class yet. Out: the same origin with a tool for each
 * class, and the classes. Going up from the children: a group that must be had from birth is set by a creator that sees
 * its number and is the parent; any other creator must be in it itself.
 * Null: a process would have to be born in two such groups. Cost: O(elements). Kernel rules: F17–F20, F22–F25.
 */

import { AFTER } from '../origin.ts';
import { walkOrigin } from '../schedule/origin-walk.ts';
import { type BoundaryBirths, birthSession } from './boundary-births.ts';
import { FREE, type GroupClasses, mustInherit } from './group-classes.ts';
import type { NestedOrigin } from './nested-origin.ts';
import { leadsSession, type NestedTree } from './nested-tree.ts';

export interface OriginClasses {
  readonly origin: NestedOrigin;
  readonly classes: GroupClasses;
}

export function originClasses(
  nested: NestedTree,
  births: BoundaryBirths,
  origin: NestedOrigin,
): OriginClasses | null {
  const { tree, relations, groups, sessions, boundary, mu } = nested;
  const { size } = tree;
  const classes: GroupClasses = {
    of: new Int32Array(size).fill(FREE),
    broughtIn: new Int32Array(size).fill(FREE),
    alsoBroughtIn: new Map(),
    carried: [],
  };
  /** By element: the group that it must be born into for the sake of what it bears, and of itself. */
  const need = new Int32Array(origin.elements).fill(FREE);
  const tools = [...origin.tools];
  const namespaceOf = (e: number): number => {
    if (e < size) return tree.namespace[e]!;
    return e < origin.firstTool ? sessions.namespace[e - size]! : tools[e - origin.firstTool]!.namespace;
  };
  const sees = (n: number, g: number): boolean => g !== 0 && relations.isWithin(groups.namespace[g]!, n);
  /** Was the parent of e outside in the session that e was born in, and is it there for ever? */
  const parentStays = (e: number): boolean => {
    const p = tree.parent[e]!;
    return p >= 0 && sessions.of[p] === birthSession(nested, births, e);
  };
  /** The process that came from outside itself, which e is a sibling of by CLONE_PARENT. */
  const firstSibling = (e: number): number => {
    let x = e;
    while (x > 0 && origin.sibling[x]) x = origin.creator[x]!;
    return x;
  };
  /** Can its parent outside set e into g as soon as it is born? Of a sibling that is the parent, or carrier, of the first. */
  const isSetAtBirth = (e: number, g: number): boolean => {
    if (!boundary[e] || !sees(mu[e]!, g)) return false;
    if (!origin.sibling[e]) return true;
    const first = firstSibling(e);
    return parentStays(e) || (first > 0 && first < size && boundary[first] === 1);
  };
  /** The same, and then sees to a parent in the session. */
  const letParentSet = (e: number, g: number): boolean => {
    if (!isSetAtBirth(e, g)) return false;
    if (origin.sibling[e] && !parentStays(e)) classes.carried.push(firstSibling(e));
    return true;
  };
  /** Can nobody put c back into the group that it ends in? Its parent outside can, if it is in the session. */
  const staysFromBirth = (c: number): boolean => {
    const own = groups.of[c]!;
    if (leadsSession(nested, c) || !mustInherit(nested, births, c, own)) return false;
    return !isSetAtBirth(c, own);
  };
  const { postorder } = walkOrigin({
    creator: Int32Array.from(origin.creator),
    phase: Uint8Array.from(origin.phase),
  });
  for (const e of postorder) {
    if (e === 0) continue;
    if (e < size && need[e] === FREE && !leadsSession(nested, e)) {
      const g = groups.of[e]!;
      if (mustInherit(nested, births, e, g) && !letParentSet(e, g)) need[e] = g;
    }
    const g = need[e]!;
    if (g === FREE) continue;
    if (e >= origin.firstTool) tools[e - origin.firstTool] = { ...tools[e - origin.firstTool]!, cls: g };
    const c = origin.creator[e]!;
    if (e < size) {
      if (letParentSet(e, g)) continue;
      classes.of[e] = g;
    }
    if (c === 0 || sees(namespaceOf(c), g)) continue;
    if (c < size && groups.of[c] !== g && staysFromBirth(c)) return null;
    if (c < size && boundary[c]) {
      if (need[c] === FREE) {
        need[c] = g;
        classes.broughtIn[c] = g;
      } else if (need[c] !== g) {
        const more = classes.alsoBroughtIn.get(c) ?? [];
        if (!more.includes(g)) classes.alsoBroughtIn.set(c, [...more, g]);
      }
      continue;
    }
    if (need[c] !== FREE && need[c] !== g) return null;
    need[c] = g;
  }
  for (const [x, more] of classes.alsoBroughtIn) {
    const all = [classes.broughtIn[x]!, ...more];
    const inherited = all.filter((g) => mustInherit(nested, births, x, g));
    if (inherited.length > 1) return null;
    const first = inherited[0] ?? all[0]!;
    classes.broughtIn[x] = first;
    classes.alsoBroughtIn.set(
      x,
      all.filter((g) => g !== first),
    );
  }
  return { origin: { ...origin, tools, phase: bearingPhases(nested, origin) }, classes };
}

/** Who leads nothing has one phase. */
function bearingPhases(nested: NestedTree, { creator, phase, firstTool }: NestedOrigin): number[] {
  const { size } = nested.tree;
  return phase.map((p, e) => {
    const c = creator[e]!;
    const leads = c >= 0 && c < firstTool && (c >= size || leadsSession(nested, c));
    return leads ? p : AFTER;
  });
}
