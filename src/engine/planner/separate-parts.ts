/**
 * Separate parts of an origin problem: they have nobody in common but the root, and no session but the root's.
 *
 * Wanted parents and sessions that are none of the root's hold together; the root is above everybody whatever happens. So
 * each part has births by itself, and those of all together are births of the whole.
 * In: an origin problem of one pid namespace without known births. Out: a problem for each part, the root in front; and
 * from births in each those of the whole, which the exact check has to judge.
 * Cost: O(n).
 */

import { joinSets, setOf } from '../tree/disjoint-sets.ts';
import { int32s } from '../tree/scratch.ts';
import { isRootRegion, type OriginProblem } from './origin-problem.ts';
import { partialProblem } from './partial-problem.ts';

export interface SeparatePart {
  readonly problem: OriginProblem;
  /** By index in the part the one in the whole, of processes and of sessions. */
  readonly was: readonly number[];
  readonly wasSession: readonly number[];
}

export function separateParts(whole: OriginProblem): SeparatePart[] {
  const { size, parent, session, sessionCount } = whole;
  const link = int32s(size);
  for (let v = 0; v < size; v++) link[v] = v;
  const memberOf = int32s(sessionCount, -1);
  for (let v = 1; v < size; v++) {
    const s = session[v]!;
    if (parent[v] !== 0) joinSets(link, v, parent[v]!);
    if (isRootRegion(whole, s)) continue;
    if (memberOf[s]! >= 0) joinSets(link, v, memberOf[s]!);
    memberOf[s] = v;
  }
  const members = new Map<number, number[]>();
  for (let v = 1; v < size; v++) {
    const part = members.get(setOf(link, v));
    if (part) part.push(v);
    else members.set(setOf(link, v), [0, v]);
  }
  return [...members.values()].map((was) => partOf(whole, was));
}

function partOf(whole: OriginProblem, was: readonly number[]): SeparatePart {
  const problem = partialProblem(
    whole,
    was,
    was.map((v) => whole.parent[v]!),
  )!;
  const wasSession = new Array<number>(problem.sessionCount).fill(0);
  was.forEach((v, i) => {
    wasSession[problem.session[i]!] = whole.session[v]!;
  });
  return { problem, was, wasSession };
}

/** @param births of each part */
export function birthsTogether(
  whole: OriginProblem,
  parts: readonly SeparatePart[],
  births: readonly Int32Array[],
): Int32Array {
  const together = new Int32Array(whole.sessionCount).fill(-1);
  if (whole.rootHasTwoRegions) together[whole.outside] = together[whole.rootSession] = 0;
  parts.forEach(({ problem, wasSession }, i) => {
    for (let s = 0; s < problem.sessionCount; s++) {
      if (!isRootRegion(problem, s)) together[wasSession[s]!] = wasSession[births[i]![s]!]!;
    }
  });
  return together;
}
