/**
 * From a birth map to the tree of births that a schedule is made from.
 *
 * In: a map that `checkMap` has passed, with the birth sessions it found. Out: creators and phases. A process is born
 * from its ancestor after that one's setsid, before it, or from a dead leader in between; each dead leader hangs
 * directly below the process that it was found under.
 * Invariant: contracted to the living and the zombies, the creators are the map.
 * Cost: O(n).
 */

import { AFTER, BEFORE, type Origin } from '../planner/origin.ts';
import { DEAD, isLeader, regionOf } from '../planner/origin-problem.ts';
import type { ColumnOf, ElementIndex, ProcessIndex, SessionIndex } from '../tree/index-kinds.ts';
import { copyOf, int32s } from '../tree/scratch.ts';
import type { BirthMap } from './birth-map.ts';
import type { BirthProblem } from './birth-problem.ts';
import type { CheckedMap } from './check-map.ts';

export function originOfMap(problem: BirthProblem, map: BirthMap, { birth, deadUnder }: CheckedMap): Origin {
  const { size, leader, sessionCount } = problem;
  const creator = new Int32Array(size + sessionCount).fill(-1);
  const phase = new Uint8Array(size + sessionCount);
  for (let s = 0; s < sessionCount; s++) if (leader[s] === DEAD) creator[size + s] = deadUnder[s]!;
  for (let q = 1; q < size; q++) {
    const bearer = bearerIn(problem, birth, map[q]!, regionOf(problem, birth, q));
    creator[q] = bearer.element;
    phase[q] = bearer.phase;
  }
  return { creator, phase };
}

/** Who is in session `region` when it bears somebody for x: x, or the dead leader below it. */
export function bearerIn(
  problem: BirthProblem,
  birth: ColumnOf<SessionIndex>,
  x: ProcessIndex,
  region: SessionIndex,
): { readonly element: ElementIndex; readonly phase: number } {
  if (problem.session[x] === region) return { element: x, phase: AFTER };
  const isBornThere =
    x === 0
      ? problem.rootHasTwoRegions && region === problem.outside
      : isLeader(problem, x) && birth[problem.session[x]!] === region;
  return isBornThere ? { element: x, phase: BEFORE } : { element: problem.size + region, phase: AFTER };
}

/**
 * The map of an origin, dead leaders and tools contracted: a scratch column.
 * Cost: O(n), the way over dead leaders is shortened as it is walked.
 */
export function mapOfOrigin(size: number, { creator }: Pick<Origin, 'creator'>): BirthMap {
  const map = int32s(size, -1);
  const closest = copyOf(creator);
  for (let q = 1; q < size; q++) {
    let x = closest[q]!;
    while (x >= size) x = closest[x]!;
    map[q] = x;
    for (let dead = closest[q]!; dead >= size; ) {
      const above = closest[dead]!;
      closest[dead] = x;
      dead = above;
    }
  }
  return map;
}
