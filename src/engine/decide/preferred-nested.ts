/**
 * The preferred plan over several pid namespaces (docs/namespaces.md): births of the joint problem, as a map of births.
 *
 * In: a nested tree, its birth problem and boundary births, a request. Out: a draft with its map, or why there is none; a
 * refusal is a proof, where no birth was chosen.
 * Where the schedule has more helpers than every plan has, other births are tried: inits in the sessions that tools are
 * brought in for, then parents in the sessions of their members (parents-inside.ts), in all namespaces at once, or in half of
 * them, while that gets cheaper.
 * `hidden`: namespaces around level 0 that the plan does not show (with-restorer.ts).
 * Cost: near-linear over processes and namespaces; at most TRIES times as much where there are helpers.
 */

import type { BirthMap } from '../births/birth-map.ts';
import type { BirthProblem } from '../births/birth-problem.ts';
import { checkMap } from '../births/check-map.ts';
import { withFreeLeadersBornOfInits } from '../births/free-leaders.ts';
import { boundaryBirthSessions, jointProblem, problemSessions } from '../births/joint-problem.ts';
import { mapOfOrigin } from '../births/map-origin.ts';
import { nestedOriginOfMap } from '../births/nested-map-origin.ts';
import { triedJointProblem } from '../births/tried-joint-problem.ts';
import { HELPER_ROLES } from '../plan/helper-list.ts';
import { helpersAtLeast } from '../plan/helpers-at-least.ts';
import { spend } from '../plan/work-budget.ts';
import type { RegionOrder } from '../planner/exact-check.ts';
import { findOrigin, outlasting } from '../planner/find-origin.ts';
import type { BoundaryBirths } from '../planner/nested/boundary-births.ts';
import { withFewerTools } from '../planner/nested/fewer-tools.ts';
import { draftOfSchedule } from '../planner/nested/nested-draft.ts';
import type { NestedOrigin } from '../planner/nested/nested-origin.ts';
import type { NestedTree } from '../planner/nested/nested-tree.ts';
import { scheduleSolution } from '../planner/nested/schedule-nested.ts';
import { type TriedBirth, triedInitBirths } from '../planner/nested/tried-init-births.ts';
import type { OriginProblem } from '../planner/origin-problem.ts';
import { type BirthChange, triedByHalves } from '../planner/other-births.ts';
import { withParentsInside } from '../planner/parents-inside.ts';
import type { PlanRequest } from '../planner/plan-request.ts';
import { originFromOrder } from '../planner/region-trees.ts';
import { extractRequirements } from '../planner/requirements.ts';
import { isCheaper, type NoSchedule, type Schedule } from '../planner/schedule/schedule.ts';
import { orderWithTried } from '../planner/tried-births.ts';
import type { ColumnOf, SessionIndex } from '../tree/index-kinds.ts';
import { withScratch } from '../tree/scratch.ts';
import type { Decision } from './decision.ts';
import type { Preferred } from './plan-births.ts';

export const NO_BIRTHS = {
  kind: 'unreachable',
  processes: [] as readonly number[],
  text: 'No order of births over these pid namespaces leads to these parents and sessions.',
} as const;

/** How often births are changed, and passes over its elements that this costs with a schedule. */
const TRIES = 8;
const TRY_PASSES = 60;

const TOOL = HELPER_ROLES.indexOf('tool');

export function preferredNested(
  nested: NestedTree,
  problem: BirthProblem,
  boundary: BoundaryBirths,
  request: PlanRequest,
  hidden: number,
): Preferred {
  return new PreferredBirths(nested, problem, boundary, request, hidden).plan();
}

interface NestedSchedule {
  readonly problem: OriginProblem;
  /** Births of inits that were tried, and made it cheaper. */
  readonly tried: readonly TriedBirth[];
  readonly origin: NestedOrigin;
  readonly schedule: Schedule;
}

class PreferredBirths {
  private readonly nested: NestedTree;
  private readonly problem: BirthProblem;
  private readonly boundary: BoundaryBirths;
  private readonly request: PlanRequest;
  private readonly hidden: number;
  private readonly sessionOf: ReadonlyMap<number, SessionIndex>;
  /** Birth sessions that boundary births say. */
  private readonly births: ColumnOf<SessionIndex>;

  constructor(
    nested: NestedTree,
    problem: BirthProblem,
    boundary: BoundaryBirths,
    request: PlanRequest,
    hidden: number,
  ) {
    this.nested = nested;
    this.problem = problem;
    this.boundary = boundary;
    this.request = request;
    this.hidden = hidden;
    this.sessionOf = problemSessions(problem);
    this.births = boundaryBirthSessions(problem, boundary, this.sessionOf);
  }

  plan(): Preferred {
    const { nested, boundary, request, hidden } = this;
    request.phase('origin');
    const joint = jointProblem(nested, this.problem, boundary, this.births);
    if ('contradiction' in joint) return refused({ ...NO_BIRTHS, processes: joint.contradiction });
    const found = findOrigin(joint.problem, request.budget);
    if (found.verdict !== 'reachable') {
      const { verdict, processes } = found;
      if (verdict === 'unreachable' && !joint.hasChoice) return refused({ ...NO_BIRTHS, processes });
      return refused({ kind: 'undecided', reason: 'work limit', suspects: processes });
    }
    request.phase('schedule');
    const first = this.scheduled(joint.problem, [], found.order);
    if (first === null) return refused({ kind: 'undecided', reason: 'work limit' });
    if (typeof first === 'string') return refused({ kind: 'undecided', reason: first });
    const { schedule } = request.verdictOnly ? first : this.withFewerHelpers(first);
    const map = (): BirthMap => mapOfOrigin(nested.tree.size, schedule.origin);
    return { draft: draftOfSchedule(schedule, hidden), map };
  }

  /** The cheapest schedule that other births are found to give, one change after the other. */
  private withFewerHelpers(first: NestedSchedule): NestedSchedule {
    if (first.schedule.helpers.length <= helpersAtLeast(this.nested.tree)) return first;
    return this.withParentsInside(this.withTriedInitBirths(first));
  }

  /** Null: these births do not lead to the tree. */
  private scheduled(
    problem: OriginProblem,
    tried: readonly TriedBirth[],
    order: RegionOrder,
  ): NestedSchedule | NoSchedule | null {
    const { nested, request, hidden } = this;
    const { places } = this.problem;
    const map = withScratch(() => {
      const origin = originFromOrder(problem, order);
      const free = withFreeLeadersBornOfInits(nested, problem, places!, origin);
      return mapOfOrigin(problem.size, free).slice();
    });
    const checked = checkMap(this.problem, map);
    if (checked.fault !== null) return null;
    const born = nestedOriginOfMap(nested, this.problem, map, checked);
    if (!born) return null;
    const solution = withFewerTools(nested, born);
    const schedule = scheduleSolution(nested, solution, request.options, hidden, false);
    return typeof schedule === 'string' ? schedule : { problem, tried, origin: solution.origin, schedule };
  }

  /** Inits are born in the sessions that tools would be brought in for. */
  private withTriedInitBirths(first: NestedSchedule): NestedSchedule {
    if (!first.schedule.helpers.role.includes(TOOL)) return first;
    let best = first;
    triedByHalves(triedInitBirths(this.nested, this.boundary, first.origin), TRIES, (chosen) => {
      const next = this.withInitsBornIn(best, chosen);
      if (next === null || typeof next === 'string' || !isCheaper(next.schedule, best.schedule)) return false;
      best = next;
      return true;
    });
    return best;
  }

  private withInitsBornIn(
    from: NestedSchedule,
    chosen: readonly TriedBirth[],
  ): NestedSchedule | NoSchedule | null {
    const { nested, problem, boundary, request } = this;
    if (!spend(request.budget, TRY_PASSES * from.origin.elements)) return null;
    const all = [...from.tried, ...chosen];
    const joint = triedJointProblem(
      nested,
      problem,
      boundary,
      this.births,
      this.sessionOf,
      all,
      request.budget,
    );
    if (joint === null || joint.tried.length <= from.tried.length) return null;
    const found = findOrigin(joint.problem, request.budget);
    return found.verdict === 'reachable' ? this.scheduled(joint.problem, joint.tried, found.order) : null;
  }

  /** Parents are born in the sessions of their members, in some namespaces. */
  private withParentsInside(first: NestedSchedule): NestedSchedule {
    const { budget } = this.request;
    const { problem, origin } = first;
    if (first.schedule.helpers.length === 0) return first;
    let best = first;
    let births = problem.knownBirth ?? new Int32Array(problem.sessionCount).fill(-1);
    triedByHalves(this.parentsInside(problem), TRIES, (chosen) => {
      if (!spend(budget, TRY_PASSES * origin.elements)) return false;
      const knownBirth = births.slice();
      for (const { session, to } of chosen.flat()) knownBirth[session] = to;
      const order = withScratch(() => {
        const tried = { ...problem, knownBirth };
        const requirements = extractRequirements(tried);
        if ('contradiction' in requirements) return null;
        const found = orderWithTried({ problem: tried, requirements }, budget, problem.knownBirth);
        return found && outlasting(found);
      });
      const next = order && this.scheduled(problem, first.tried, order);
      if (next === null || typeof next === 'string' || !isCheaper(next.schedule, best.schedule)) return false;
      best = next;
      births = knownBirth;
      return true;
    });
    return best;
  }

  /** Births that would bring parents inside, by the namespaces where they live. */
  private parentsInside(problem: OriginProblem): BirthChange[][] {
    const births = withScratch(() => withParentsInside(problem)?.problem.knownBirth?.slice()) ?? NO_SESSIONS;
    const { namespace } = this.nested.tree;
    const changes: BirthChange[] = [];
    for (const [session, to] of births.entries())
      if (to >= 0 && !(problem.knownBirth && problem.knownBirth[session]! >= 0))
        changes.push({ session, to });
    return [...Map.groupBy(changes, ({ session }) => namespace[problem.leader[session]!]!).values()];
  }
}

const NO_SESSIONS = new Int32Array(0);

function refused(draft: Decision): Preferred {
  return { draft, map: () => null };
}
