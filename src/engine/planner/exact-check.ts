/**
 * Exact check (theory, theorem 1 and step 4): do these birth sessions carry the wanted parents?
 *
 * In: the origin problem and a birth session for every leader. Out: the order that the elements of each region must
 * keep, as arcs, with one topological order of all elements; or null, if no order does it.
 * For every process q with parent p ≠ root one of these holds:
 *   (a) p leads a session that is r(q) or above it; (b) both sit in one region, p first; (c) p sits in a region above,
 *   before the leader on the way down to q, or is that leader.
 * Invariant: soundness of a plan rests on this check alone. Cost: O(n log m). Kernel rules: E7–E10, lemma L1 of the theory.
 */

import { PairList, type Rows } from '../tree/adjacency.ts';
import { topologicalOrder } from '../tree/topological-order.ts';
import {
  deadLeaders,
  isElement,
  isLeader,
  isRootRegion,
  leaderElement,
  type OriginProblem,
  regionOf,
} from './origin-problem.ts';
import { SessionTree } from './session-tree.ts';

export interface RegionOrder {
  /** Birth session of each session's leader, −1 for session 0. */
  readonly birth: Int32Array;
  /** owner: element, item: an element that must come before it in their region. */
  readonly predecessors: Rows;
  /** All elements; predecessors come first. */
  readonly order: Int32Array;
}

export function checkBirths(problem: OriginProblem, birth: Int32Array): RegionOrder | null {
  const { size, parent, session, sessionCount } = problem;
  const sessions = new SessionTree(birth);
  if (sessions.reached < sessionCount || birth[0] !== -1) return null;
  for (let s = 1; s < sessionCount; s++) if (birth[s]! < 0) return null;

  const arcs = new PairList(size);
  for (let q = 1; q < size; q++) {
    const p = parent[q]!;
    if (p === 0) continue;
    const region = regionOf(problem, birth, q);
    if (isLeader(problem, p) && sessions.isAbove(session[p]!, region)) continue;
    const parentRegion = regionOf(problem, birth, p);
    if (!sessions.isAbove(parentRegion, region)) return null;
    if (parentRegion === region) {
      arcs.push(p, q);
      continue;
    }
    const towards = sessions.childToward(parentRegion, region);
    if (isRootRegion(problem, towards)) return null;
    const e = leaderElement(problem, towards);
    if (e !== p) arcs.push(p, e);
  }
  const elements = size + sessionCount;
  const order = topologicalOrder(elements, (e) => isElement(problem, e), [arcs.rows(elements)]);
  if (order.length < size + deadLeaders(problem)) return null;
  return { birth, predecessors: arcs.reversed(elements), order };
}
