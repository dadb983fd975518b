/**
 * Free leaders over several pid namespaces: whoever leads, bears nobody before its setsid and needs nobody above it but the
 * root is born of an init instead, which its parent is or its namespace has, so that no helper has to be brought in for it.
 *
 * In: a nested tree, its joint problem, an origin of that. Out: the origin with these leaders born of inits.
 * Invariant: elements only lose the root's session as the one that they were born in, which nobody asked for.
 * Cost: O(elements).
 */

import { isInit, type NestedTree } from '../planner/nested/nested-tree.ts';
import { AFTER, BEFORE, type Origin } from '../planner/origin.ts';
import { elementLeads, isElement, type OriginProblem } from '../planner/origin-problem.ts';
import type { ElementIndex, ProcessIndex } from '../tree/index-kinds.ts';
import type { BirthPlaces } from './birth-places.ts';

export function withFreeLeadersBornOfInits(
  nested: NestedTree,
  problem: OriginProblem,
  places: BirthPlaces,
  origin: Origin,
): Origin {
  const { size, parent } = problem;
  const { relations, mu } = nested;
  const creator = origin.creator.slice();
  const phase = origin.phase.slice();
  const hangsFrom = parentsOfDeadLeaders(nested, problem, places, origin);
  const bearsBefore = new Uint8Array(creator.length);
  for (let e = 1; e < creator.length; e++)
    if (origin.creator[e]! >= 0 && origin.phase[e] === BEFORE) bearsBefore[origin.creator[e]!] = 1;
  for (let e = 1; e < creator.length; e++) {
    if (!isElement(problem, e) || !elementLeads(problem, e) || bearsBefore[e] || origin.creator[e] !== 0)
      continue;
    if (places.ancestor[e] !== 0 || (e < size && parent[e] !== 0)) continue;
    const p = e < size ? -1 : hangsFrom[e - size]!;
    const home = e < size ? mu[e]! : places.home(e - size);
    const init = p >= 0 ? (isInit(nested, p) ? p : 0) : home > 0 ? relations.init[home]! : 0;
    if (init <= 0) continue;
    creator[e] = init;
    phase[e] = AFTER;
  }
  return { creator, phase };
}

/** By session the parent outside that its dead leader hangs from, for whom it bears by CLONE_PARENT; −1: there is none. */
function parentsOfDeadLeaders(
  { boundary, parent, mu, relations }: NestedTree,
  { size, sessionCount }: OriginProblem,
  places: BirthPlaces,
  { creator }: Origin,
): Int32Array {
  const hangsFrom = new Int32Array(sessionCount).fill(-1);
  const isInside = (e: ElementIndex, q: ProcessIndex): boolean =>
    e >= size && !relations.isWithin(mu[q]!, places.home(e - size));
  for (let q = 1; q < size; q++) {
    if (boundary[q] === 0) continue;
    for (let e = creator[q]!; isInside(e, q); e = creator[e]!) hangsFrom[e - size] = parent[q]!;
  }
  return hangsFrom;
}
