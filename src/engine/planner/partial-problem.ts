/**
 * A part of an origin problem: some processes, their children lifted to the nearest one that is kept.
 *
 * Deleting a process keeps a reachable tree reachable (theory, theorem 2): a part that is unreachable proves that the
 * whole is. A leader that is not kept becomes a dead one. Cost: O(kept × distance to the next kept ancestor).
 */

import { withAncestors as ancestorsOf } from '../tree/related-processes.ts';
import { type OriginProblem, originProblem } from './origin-problem.ts';

/** Processes with all their ancestors, the root first, in index order. */
export function withAncestors(problem: OriginProblem, processes: readonly number[]): number[] {
  return ancestorsOf(problem, [0, ...processes]).sort((a, b) => a - b);
}

/** The nearest kept process above each kept one, −1 for the root. */
export function liftedParents(problem: OriginProblem, kept: readonly number[]): number[] {
  const inside = new Set(kept);
  return kept.map((v) => {
    let p = problem.parent[v]!;
    while (p >= 0 && !inside.has(p)) p = problem.parent[p]!;
    return p;
  });
}

/** `kept` in index order with the root; `parents` are processes of the whole. Null: rule V2 is broken. */
export function partialProblem(
  problem: OriginProblem,
  kept: readonly number[],
  parents: readonly number[],
): OriginProblem | null {
  const { session, sessionNumber, leader } = problem;
  const position = new Map(kept.map((v, i) => [v, i]));
  const parent = Int32Array.from(parents, (p) => (p < 0 ? -1 : position.get(p)!));
  const sid = Int32Array.from(kept, (v) => sessionNumber[session[v]!]!);
  const pid = Int32Array.from(kept, (v) => (leader[session[v]!] === v ? sessionNumber[session[v]!]! : -1));
  return originProblem(kept.length, parent, pid, sid);
}
