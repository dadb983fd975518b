/**
 * Exchange of births (theory, section 10): fewer helpers by giving leaders other birth sessions.
 *
 * In: the origin problem, an order that carries the tree, and how to schedule one. Out: the best schedule found.
 * Any births that pass the exact check give a correct plan, so this is a local search: change the birth of one leader
 * or of two, check, schedule, keep what is cheaper — first by helpers, then by steps.
 * It stops at the lower bound (no plan has fewer helpers than dead leaders) or when its work limit is reached. A tree
 * that is large, or cheap already, costs nothing here.
 */

import { copyOf } from '../tree/scratch.ts';
import { checkBirths, type RegionOrder } from './exact-check.ts';
import { DEAD, isRootRegion, type OriginProblem } from './origin-problem.ts';
import type { Schedule } from './schedule/schedule.ts';

/** Elements of a problem up to which the exchange is tried, and proposals tried times elements. */
const SMALL = 40;
const WORK = 60_000;

export function exchangeBirths(
  problem: OriginProblem,
  first: RegionOrder,
  scheduleOf: (order: RegionOrder) => Schedule | null,
): Schedule | null {
  let best = scheduleOf(first);
  if (!best) return null;
  if (problem.size + problem.sessionCount > SMALL) return best;
  let atLeast = 0;
  for (let s = 0; s < problem.sessionCount; s++) if (problem.leader[s] === DEAD) atLeast++;
  const leaders: number[] = [];
  let birth = first.birth;
  let work = WORK / (problem.size + problem.sessionCount);
  if (best.helpers.length <= atLeast) return best;
  for (let s = 0; s < problem.sessionCount; s++) if (!isRootRegion(problem, s)) leaders.push(s);

  const tryBirths = (changed: Int32Array): boolean => {
    work--;
    const order = checkBirths(problem, changed);
    const schedule = order && scheduleOf(order);
    if (!schedule || !isCheaper(schedule, best!)) return false;
    best = schedule;
    birth = changed;
    return true;
  };
  const improved = (): boolean => {
    for (const a of leaders) {
      for (let to = 0; to < problem.sessionCount && work > 0; to++) {
        if (to !== a && to !== birth[a] && tryBirths(withBirth(birth, a, to))) return true;
      }
    }
    for (const a of leaders) {
      for (let to = 0; to < problem.sessionCount; to++) {
        if (to === a || to === birth[a]) continue;
        for (const b of leaders) {
          if (b <= a) continue;
          for (let to2 = 0; to2 < problem.sessionCount && work > 0; to2++) {
            if (to2 === b || to2 === birth[b]) continue;
            if (tryBirths(withBirth(withBirth(birth, a, to), b, to2))) return true;
          }
        }
      }
    }
    return false;
  };
  while (work > 0 && best.helpers.length > atLeast && improved());
  return best;
}

function isCheaper(a: Schedule, b: Schedule): boolean {
  if (a.helpers.length !== b.helpers.length) return a.helpers.length < b.helpers.length;
  return a.steps.length < b.steps.length;
}

function withBirth(birth: Int32Array, session: number, to: number): Int32Array {
  const changed = copyOf(birth);
  changed[session] = to;
  return changed;
}
