/**
 * Turned births (theory, section 10, exchange of births, for trees of any size): a leader that is born of the process
 * whose place it needs only for its members' sake may bear that process instead.
 *
 * Where leader l was made by leader p, and is to hang elsewhere, because members of l's session want p as parent, a
 * carrier has to bear l. If p is born in l's session instead, it bears these members before its own setsid, and nobody
 * has to die. Along a chain of such leaders all turn together, so a chain of any length costs no helper.
 * In: the problem that is searched, an order that carries it, its schedule, and how to arrange one. Out: the schedule that is cheaper;
 * births that are turned pass the exact check like any other. Cost: at most TRIES checks with their schedules.
 */

import { spend, type WorkBudget } from '../plan/work-budget.ts';
import { copyOf, int32s } from '../tree/scratch.ts';
import { checkBirths, type RegionOrder } from './exact-check.ts';
import { AFTER, type Origin } from './origin.ts';
import { isLeader, isRootRegion, type OriginProblem } from './origin-problem.ts';
import { triedByHalves } from './other-births.ts';
import { type Arranged, cheaperThan, type Schedule } from './schedule/schedule.ts';
import type { SearchedProblem } from './searched-problem.ts';

const TRIES = 6;
/** Passes over its elements that a check with a schedule costs. */
const TRY_PASSES = 40;

export interface Turned {
  readonly order: RegionOrder;
  readonly schedule: Schedule;
}

export function turnBirths(
  searched: SearchedProblem,
  first: RegionOrder,
  schedule: Schedule,
  arrange: (order: RegionOrder) => Arranged,
  budget: WorkBudget,
): Turned {
  let best: Turned = { order: first, schedule };
  if (schedule.helpers.length === 0) return best;
  const { problem, elements } = searched;
  triedByHalves(turnablePairs(searched, schedule.origin), TRIES, (chosen) => {
    if (!spend(budget, TRY_PASSES * elements)) return false;
    const order = checkBirths(problem, withTurned(problem, best.order.birth, chosen));
    const turned = order && cheaperThan(best.schedule, arrange(order));
    if (turned) best = { order, schedule: turned };
    return turned !== null;
  });
  return best;
}

interface Pair {
  /** Session of the process that is to be born in `into`. */
  readonly session: number;
  readonly into: number;
}

function turnablePairs({ problem, was }: SearchedProblem, { creator, phase }: Origin): Pair[] {
  const { size, parent, session, leader } = problem;
  const taken = int32s(problem.sessionCount);
  const pairs: Pair[] = [];
  for (let q = 1; q < size; q++) {
    const into = session[q]!;
    const l = leader[into]!;
    const p = parent[q]!;
    if (l <= 0 || l === q || p <= 0 || !isLeader(problem, p)) continue;
    if (parent[l] === p || creator[was(l)] !== was(p) || phase[was(l)] !== AFTER) continue;
    const own = session[p]!;
    if (taken[own] || isRootRegion(problem, own) || isRootRegion(problem, into)) continue;
    taken[own] = 1;
    pairs.push({ session: own, into });
  }
  return pairs;
}

function withTurned({ sessionCount }: OriginProblem, birth: Int32Array, pairs: readonly Pair[]): Int32Array {
  const into = int32s(sessionCount, -1);
  for (const pair of pairs) if (birth[pair.into] === pair.session) into[pair.session] = pair.into;
  const turned = copyOf(birth);
  for (let s = 0; s < sessionCount; s++) {
    if (into[s]! >= 0) turned[s] = into[s]!;
    else if (birth[s]! >= 0 && into[birth[s]!] === s) {
      let below = birth[s]!;
      let above = birth[below]!;
      while (above >= 0 && into[above] === below) {
        below = above;
        above = birth[above]!;
      }
      turned[s] = above;
    }
  }
  return turned;
}
