/**
 * Exchange of births (theory, section 10): fewer helpers by giving leaders other birth sessions.
 *
 * In: the origin problem, an order that carries the tree, and how to schedule one. Out: the best schedule found.
 * Any births that pass the exact check give a correct plan, so this is a local search: change the births of one leader, of
 * two, of three, check, schedule, keep what is cheaper — first by helpers, then by steps.
 * It stops at the lower bound (no plan has fewer helpers than dead leaders) or when its work limit is reached. A tree
 * that is large, or cheap already, costs no more than what turn-births.ts looks at.
 */

import { spend, type WorkBudget } from '../plan/work-budget.ts';
import { copyOf } from '../tree/scratch.ts';
import { checkBirths, type RegionOrder } from './exact-check.ts';
import { DEAD, isRootRegion, type OriginProblem } from './origin-problem.ts';
import { isCheaper, type Schedule } from './schedule/schedule.ts';
import { turnBirths } from './turn-births.ts';

/** Elements of a problem up to which the exchange is tried, and proposals tried times elements. */
const SMALL = 40;
const WORK = 20_000;
/** Passes over its elements that a check with a schedule costs. */
const TRY_PASSES = 40;

export function exchangeBirths(
  problem: OriginProblem,
  first: RegionOrder,
  scheduleOf: (order: RegionOrder) => Schedule | null,
  budget: WorkBudget,
): Schedule | null {
  const proposed = scheduleOf(first);
  if (!proposed) return null;
  const turned = turnBirths(problem, first, proposed, scheduleOf, budget);
  const best = exchangedFrom(problem, turned.order, turned.schedule, scheduleOf, budget);
  if (turned.schedule === proposed || best.helpers.length <= deadLeaders(problem)) return best;
  const other = exchangedFrom(problem, first, proposed, scheduleOf, budget);
  return isCheaper(best, other) ? best : other;
}

/** No plan has fewer helpers. */
function deadLeaders({ sessionCount, leader }: OriginProblem): number {
  let dead = 0;
  for (let s = 0; s < sessionCount; s++) if (leader[s] === DEAD) dead++;
  return dead;
}

function exchangedFrom(
  problem: OriginProblem,
  first: RegionOrder,
  schedule: Schedule,
  scheduleOf: (order: RegionOrder) => Schedule | null,
  budget: WorkBudget,
): Schedule {
  let best = schedule;
  if (problem.size + problem.sessionCount > SMALL) return best;
  const atLeast = deadLeaders(problem);
  const leaders: number[] = [];
  let { birth } = first;
  let work = WORK / (problem.size + problem.sessionCount);
  if (best.helpers.length <= atLeast) return best;
  for (let s = 0; s < problem.sessionCount; s++) if (!isRootRegion(problem, s)) leaders.push(s);

  const tryBirths = (changed: Int32Array): boolean => {
    if (!spend(budget, TRY_PASSES * (problem.size + problem.sessionCount))) work = 0;
    work--;
    const order = checkBirths(problem, changed);
    const schedule = order && scheduleOf(order);
    if (!schedule || !isCheaper(schedule, best)) return false;
    best = schedule;
    birth = changed;
    return true;
  };
  /** Changes the births of `count` leaders, from the given one on, in every way; true when one was cheaper. */
  const exchange = (count: number, from: number, births: Int32Array): boolean => {
    if (count === 0) return tryBirths(births);
    for (let i = from; i < leaders.length; i++) {
      const leader = leaders[i]!;
      for (let to = 0; to < problem.sessionCount && work > 0; to++) {
        if (to === leader || to === birth[leader]) continue;
        if (exchange(count - 1, i + 1, withBirth(births, leader, to))) return true;
      }
    }
    return false;
  };
  const improved = (): boolean => exchange(1, 0, birth) || exchange(2, 0, birth) || exchange(3, 0, birth);
  while (work > 0 && best.helpers.length > atLeast && improved());
  return best;
}

function withBirth(birth: Int32Array, session: number, to: number): Int32Array {
  const changed = copyOf(birth);
  changed[session] = to;
  return changed;
}
