/**
 * Schedule (theory, step 7): from an origin tree to the steps of a plan.
 *
 * In: the tree, its origin problem, an origin with its births. Out: steps in four phases — births, groups, deaths,
 * zombies — and the helpers that they need. Null: the numbers below pid_max do not suffice for the helpers.
 * `keepBirths`: the closest alive born ancestors of the proposed origin are kept exactly; without it a zombie may come
 * in between, where that saves a helper.
 * Cost: O(n + steps).
 */

import type { HelperList } from '../../plan/helper-list.ts';
import type { PlanOptions } from '../../plan/plan-options.ts';
import { StepList } from '../../plan/step-list.ts';
import type { OutsideNumbers } from '../../tree/outside.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';
import type { Origin } from '../origin.ts';
import type { OriginProblem } from '../origin-problem.ts';
import { scheduleBirths } from './births.ts';
import { castPlan } from './cast.ts';
import { scheduleDeaths } from './deaths.ts';
import { FreshNumbers } from './fresh-numbers.ts';
import { scheduleGroups } from './group-moves.ts';
import { groupsOf } from './groups.ts';
import { type OriginWalk, walkOrigin } from './origin-walk.ts';
import { arrangeParents, type Parentage } from './parentage.ts';
import { shareDeaths } from './shared-deaths.ts';

export interface Schedule {
  readonly steps: StepList;
  readonly helpers: HelperList;
  /** 1: a process that adopts in the plan, other than an init. */
  readonly adopts: Uint8Array;
  /** The births that the steps follow. */
  readonly origin: Origin;
}

export function scheduleRestore(
  tree: ProcessTree,
  outside: OutsideNumbers,
  problem: OriginProblem,
  birth: Int32Array,
  proposed: Origin,
  options: PlanOptions,
  keepBirths = false,
): Schedule | null {
  const { walk, parentage, origin } = arrange(tree, problem, proposed, options.allowCloneParent, keepBirths);
  const groups = groupsOf(tree, outside);
  const fresh = new FreshNumbers(tree, options.helperPidMin, options.occupiedPids);
  const cast = castPlan(tree, problem, birth, parentage, groups, fresh);
  if (!cast) return null;
  const steps = new StepList(Math.max(64, tree.size * 3));
  scheduleBirths(problem, origin, walk, parentage, cast, steps);
  if (!scheduleGroups(tree, groups, cast, fresh, steps)) return null;
  const adopts = scheduleDeaths(tree, walk, parentage, cast, steps);
  return { steps, helpers: cast.roster.list(), adopts, origin };
}

interface Arrangement {
  readonly origin: Origin;
  readonly walk: OriginWalk;
  readonly parentage: Parentage;
}

/** Parentage for the proposed origin, or for one that shares deaths, if that needs fewer carriers. */
function arrange(
  tree: ProcessTree,
  problem: OriginProblem,
  proposed: Origin,
  allowCloneParent: boolean,
  keepBirths: boolean,
): Arrangement {
  const mortality = { size: tree.size, zombie: tree.state };
  const arrangementOf = (origin: Origin): Arrangement => {
    const walk = walkOrigin(origin);
    return {
      origin,
      walk,
      parentage: arrangeParents(origin, walk, tree.parent, mortality, allowCloneParent),
    };
  };
  let best = arrangementOf(proposed);
  for (;;) {
    const shared = shareDeaths(problem, best.origin, best.parentage, mortality, keepBirths);
    const next = shared && arrangementOf(shared);
    if (!next || next.parentage.carriers.count >= best.parentage.carriers.count) return best;
    best = next;
  }
}
