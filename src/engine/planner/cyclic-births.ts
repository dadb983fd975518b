/** Births that are forced and close a cycle: the tree is unreachable. Cost: linear in sessions. */

import { int32s, withScratch } from '../tree/scratch.ts';
import type { OriginProblem } from './origin-problem.ts';

/** Leaders on a cycle of forced births. */
export function cyclicBirths(problem: OriginProblem, birth: Int32Array): number[] {
  return withScratch(() => firstCycle(problem, birth));
}

function firstCycle(problem: OriginProblem, birth: Int32Array): number[] {
  const m = problem.sessionCount;
  const colour = int32s(m);
  for (let start = 0; start < m; start++) {
    let s = start;
    while (s >= 0 && colour[s] === 0) {
      colour[s] = start + 1;
      s = birth[s]!;
    }
    if (s < 0 || colour[s] !== start + 1) continue;
    const cycle: number[] = [];
    let t = s;
    do {
      if (problem.leader[t]! >= 0) cycle.push(problem.leader[t]!);
      t = birth[t]!;
    } while (t !== s);
    return cycle;
  }
  return [];
}
