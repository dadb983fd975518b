/**
 * From a birth map over several pid namespaces to the tree of births that a schedule is made from.
 *
 * In: a nested tree, its birth problem, a map that `checkMap` has passed. Out: creators, phases and siblings of all
 * elements, with a tool wherever somebody is born further in than its creator's namespace and must fall to the init
 * there, one for all that are alike; the birth sessions of boundary processes; the groups that must be had from birth.
 * Invariant: contracted to the living and the zombies, the creators are the map.
 * Cost: O(elements). Kernel rules: A16–A18, C4, C7, F18–F20.
 */

import { bornInto } from '../planner/nested/born-into.ts';
import type { BoundaryBirths } from '../planner/nested/boundary-births.ts';
import { FREE } from '../planner/nested/group-classes.ts';
import { type NestedOrigin, NestedOriginDraft } from '../planner/nested/nested-origin.ts';
import { leadsSession, type NestedTree } from '../planner/nested/nested-tree.ts';
import { originClasses } from '../planner/nested/origin-classes.ts';
import { withSharedTools } from '../planner/nested/shared-tools.ts';
import type { Solution } from '../planner/nested/solution.ts';
import { AFTER, BEFORE } from '../planner/origin.ts';
import { DEAD, regionOf } from '../planner/origin-problem.ts';
import type { ElementIndex, NamespaceIndex } from '../tree/index-kinds.ts';
import type { BirthMap } from './birth-map.ts';
import type { BirthProblem } from './birth-problem.ts';
import type { CheckedMap } from './check-map.ts';
import { bearerIn } from './map-origin.ts';

/** Null: nobody can bring in all groups that must be had from birth. */
export function nestedOriginOfMap(
  nested: NestedTree,
  problem: BirthProblem,
  map: BirthMap,
  checked: CheckedMap,
): Solution | null {
  const origin = originOf(nested, problem, map, checked);
  const births = birthsOf(nested, problem, checked, origin);
  const classes = originClasses(nested, births, origin);
  return classes && { ...classes, origin: withSharedTools(classes.origin), births };
}

/** Elements as in a nested origin. A tool's class is known when the groups are. */
function originOf(
  nested: NestedTree,
  problem: BirthProblem,
  map: BirthMap,
  { birth, deadUnder, deadParent }: CheckedMap,
): NestedOrigin {
  const { tree, sessions, mu } = nested;
  const places = problem.places!;
  const draft = new NestedOriginDraft(nested);
  const place = placing(nested, draft);
  for (let c = 0; c < problem.sessionCount; c++) {
    if (problem.leader[c] !== DEAD) continue;
    const s = places.nestedSession[c]!;
    const p = deadParent[c]!;
    const wanted = p >= 0 ? tree.namespace[p]! : sessions.namespace[s]!;
    place(tree.size + s, deadUnder[c]!, AFTER, wanted, p >= 0);
  }
  for (let q = 1; q < tree.size; q++) {
    const { element, phase } = bearerIn(problem, birth, map[q]!, regionOf(problem, birth, q));
    const from = element < tree.size ? element : tree.size + places.nestedSession[element - tree.size]!;
    const hangs = nested.boundary[q] === 1;
    place(q, from, phase, hangs ? mu[q]! : tree.namespace[q]!, hangs);
  }
  return draft.finished();
}

/**
 * Places elements one after the other. `wanted`: the namespace that an element has to come to before it falls, or is there;
 * `hangs`: from a parent outside.
 */
export function placing(nested: NestedTree, draft: NestedOriginDraft) {
  const { tree, relations } = nested;
  return (
    e: ElementIndex,
    from: ElementIndex,
    phase: number,
    wanted: NamespaceIndex,
    hangs: boolean,
  ): void => {
    const here = draft.homeOf(from);
    draft.place(e, from, phase);
    if (!relations.isWithin(wanted, here)) draft.sibling[e] = 1;
    else if (wanted !== here && (e < tree.size || hangs))
      draft.place(e, draft.addTool({ cls: FREE, namespace: wanted }, from, phase), AFTER);
  };
}

/**
 * What the map says of boundary processes. The session that a leader was born in counts where it bears somebody before
 * its setsid, or was made by CLONE_PARENT; elsewhere it is free, and its creator bears it when that is easiest.
 */
function birthsOf(
  nested: NestedTree,
  problem: BirthProblem,
  { deadParent }: CheckedMap,
  origin: NestedOrigin,
): BoundaryBirths {
  const { tree, boundary } = nested;
  const { creator, phase, sibling } = origin;
  const bearsBefore = new Uint8Array(creator.length);
  for (let e = 1; e < creator.length; e++)
    if (creator[e]! >= 0 && phase[e] === BEFORE) bearsBefore[creator[e]!] = 1;
  const of = new Int32Array(tree.size).fill(-1);
  for (let q = 1; q < tree.size; q++) {
    if (!boundary[q] || !leadsSession(nested, q)) continue;
    if (bearsBefore[q] || sibling[q]) of[q] = bornInto(nested, origin, q);
  }
  const deadLeaderParent = new Int32Array(nested.sessions.count).fill(-1);
  for (let c = 0; c < problem.sessionCount; c++)
    if (problem.leader[c] === DEAD) deadLeaderParent[problem.places!.nestedSession[c]!] = deadParent[c]!;
  return { of, siblingOfLeader: sibling.slice(0, tree.size), deadLeaderParent };
}
