/**
 * Plan a tree with nested pid namespaces (namespaces.md): boundary births, classes, one problem a namespace, schedule.
 *
 * In: a tree whose local rules hold, with the owners of its sessions and groups. Out: a draft, as for one namespace.
 * `hidden`: namespaces around level 0 that the plan does not show (with-restorer.ts).
 * Where the schedule has more helpers than every plan has, other births are tried: inits in the sessions that tools are
 * brought in for, then parents in the sessions of their members (parents-inside.ts), all at once, or half of them, while
 * that gets cheaper.
 * Cost: near-linear over processes and namespaces; at most TRIES times as much where there are helpers.
 */

import { HELPER_ROLES } from '../../plan/helper-list.ts';
import { helpersAtLeast } from '../../plan/helpers-at-least.ts';
import { spend } from '../../plan/work-budget.ts';
import { withScratch } from '../../tree/scratch.ts';
import type { Draft } from '../draft.ts';
import { outlasting } from '../find-origin.ts';
import type { Origin } from '../origin.ts';
import { triedByHalves } from '../other-births.ts';
import { withParentsInside } from '../parents-inside.ts';
import type { PlanRequest } from '../plan-request.ts';
import { isCheaper, type NoSchedule, type Schedule } from '../schedule/schedule.ts';
import { orderWithTried } from '../tried-births.ts';
import { type BoundaryBirths, boundaryBirths } from './boundary-births.ts';
import { withFewerTools } from './fewer-tools.ts';
import { type GroupClasses, groupClasses, mustInherit } from './group-classes.ts';
import { birthsByNamespace, gluedOrigin, type NamespaceBirths, type NestedOrigin } from './nested-origin.ts';
import type { NestedTree } from './nested-tree.ts';
import { scheduleSolution } from './schedule-nested.ts';
import type { Solution } from './solution.ts';
import { triedInitBirths } from './tried-init-births.ts';

export interface NestedPlan {
  readonly draft: Draft;
  /** Null where there are no births. */
  readonly origin: Origin | null;
}

export function planNested(nested: NestedTree, request: PlanRequest, hidden: number): NestedPlan {
  request.phase('origin');
  const births = boundaryBirths(nested);
  if ('text' in births) return refused({ kind: 'unreachable', ...births });
  const fixed = inheritOnlyOwner(nested, births);
  if (fixed) return refused(fixed);
  const classes = groupClasses(nested, births);
  if ('text' in classes) return refused({ kind: 'unreachable', ...classes });
  const parts = birthsByNamespace(nested, births, classes, request.budget);
  if ('suspects' in parts) return refused({ kind: 'undecided', reason: 'work limit', ...parts });
  if ('text' in parts) return refused({ kind: 'unreachable', ...parts });

  request.phase('schedule');
  const scheduled: Scheduled = (found) => scheduledBirths(nested, found, request, hidden);
  const first = scheduled({ births, classes, parts });
  if (typeof first === 'string') return refused({ kind: 'undecided', reason: first });
  const { schedule } = request.verdictOnly
    ? first
    : withFewerHelpers(nested, births, first, scheduled, request);
  return { draft: draftOf(schedule, hidden), origin: schedule.origin };
}

/** The cheapest schedule that other births are found to give, one change after the other. */
function withFewerHelpers(
  nested: NestedTree,
  births: BoundaryBirths,
  first: NestedSchedule,
  scheduled: Scheduled,
  request: PlanRequest,
): NestedSchedule {
  if (first.schedule.helpers.length <= helpersAtLeast(nested.tree)) return first;
  const born = withTriedInitBirths(nested, births, first, scheduled, request);
  return withParentsInsideParts(born, scheduled, request);
}

interface NestedBirths {
  readonly births: BoundaryBirths;
  readonly classes: GroupClasses;
  readonly parts: readonly NamespaceBirths[];
}

interface NestedSchedule extends NestedBirths {
  /** The births over all namespaces, with those who bear instead of tools. */
  readonly origin: NestedOrigin;
  readonly schedule: Schedule;
}

type Scheduled = (found: NestedBirths) => NestedSchedule | NoSchedule;

/** How often births are changed, and passes over its elements that this costs with a schedule. */
const TRIES = 8;
const TRY_PASSES = 60;

const TOOL = HELPER_ROLES.indexOf('tool');

/** With those of the changes that make it cheaper. */
function changedByHalves<T>(
  first: NestedSchedule,
  all: readonly T[],
  change: (from: NestedSchedule, chosen: readonly T[]) => NestedSchedule | NoSchedule | null,
): NestedSchedule {
  let best = first;
  triedByHalves(all, TRIES, (chosen) => {
    const next = change(best, chosen);
    if (next === null || typeof next === 'string' || !isCheaper(next.schedule, best.schedule)) return false;
    best = next;
    return true;
  });
  return best;
}

/** Inits are born in the sessions that tools would be brought in for. */
function withTriedInitBirths(
  nested: NestedTree,
  forced: BoundaryBirths,
  first: NestedSchedule,
  scheduled: Scheduled,
  request: PlanRequest,
): NestedSchedule {
  if (!first.schedule.helpers.role.includes(TOOL)) return first;
  const { origin } = first;
  return changedByHalves(first, triedInitBirths(nested, forced, origin), ({ births }, chosen) => {
    if (!spend(request.budget, TRY_PASSES * origin.elements)) return null;
    const of = births.of.slice();
    for (const { init, session } of chosen) of[init] = session;
    const next = withInitsBornIn(nested, { ...births, of }, request);
    return next && scheduled(next);
  });
}

/** Parents are born in the sessions of their members, in the problems of some namespaces. */
function withParentsInsideParts(
  first: NestedSchedule,
  scheduled: Scheduled,
  { budget }: PlanRequest,
): NestedSchedule {
  if (first.schedule.helpers.length === 0) return first;
  const changes = first.parts.flatMap(({ local }, part) => {
    const { problem } = local;
    const order = withScratch(() => {
      const inside = withParentsInside(problem);
      const found = inside && orderWithTried(inside, budget, problem.knownBirth);
      return found && outlasting(found);
    });
    return order ? [{ part, births: { local, order } }] : [];
  });
  const { length } = first.schedule.origin.creator;
  return changedByHalves(first, changes, (from, chosen) => {
    if (!spend(budget, TRY_PASSES * length)) return null;
    const parts = [...from.parts];
    for (const { part, births } of chosen) parts[part] = births;
    return scheduled({ ...from, parts });
  });
}

/** Null: these births of inits do not lead to the tree. */
function withInitsBornIn(
  nested: NestedTree,
  births: BoundaryBirths,
  { budget }: PlanRequest,
): NestedBirths | null {
  if (inheritOnlyOwner(nested, births)) return null;
  const classes = groupClasses(nested, births);
  if ('text' in classes) return null;
  const parts = birthsByNamespace(nested, births, classes, budget);
  return 'suspects' in parts || 'text' in parts ? null : { births, classes, parts };
}

function scheduledBirths(
  nested: NestedTree,
  found: NestedBirths,
  { options }: PlanRequest,
  hidden: number,
): NestedSchedule | NoSchedule {
  const { births, classes, parts } = found;
  const glued = { origin: gluedOrigin(nested, births, parts), births, classes };
  const solution = withFewerTools(nested, glued);
  const schedule = scheduleSolution(nested, solution, options, hidden, false);
  return typeof schedule === 'string' ? schedule : { ...found, origin: solution.origin, schedule };
}

function refused(draft: Draft): NestedPlan {
  return { draft, origin: null };
}

/** Steps with exactly the births of a solution. */
export function scheduleNested(
  nested: NestedTree,
  solution: Solution,
  { options, phase }: PlanRequest,
  hidden: number,
): Draft {
  phase('schedule');
  return draftOf(scheduleSolution(nested, solution, options, hidden, true), hidden);
}

function draftOf(schedule: Schedule | NoSchedule, hidden: number): Draft {
  if (typeof schedule === 'string') return { kind: 'undecided', reason: schedule };
  const { steps, helpers, adopts } = schedule;
  return { kind: 'steps', steps, helpers, adopts: adopts.subarray(hidden) };
}

/** N6: who has to inherit its final group never had a group of its own, so nobody else can be in one. */
function inheritOnlyOwner(nested: NestedTree, births: BoundaryBirths): Draft | null {
  const { tree, groups } = nested;
  for (let q = 0; q < tree.size; q++) {
    const owner = groups.process[groups.of[q]!]!;
    if (owner < 0 || owner === q || groups.of[owner] === groups.of[q]) continue;
    if (!mustInherit(nested, births, owner, groups.of[owner]!)) continue;
    const text = `${tree.pid[owner]} can have its group ${groups.number[groups.of[owner]!]} from birth only, so it never made group ${tree.pid[owner]}, which ${tree.pid[q]} is in.`;
    const facts = [q, owner].map((i) => ({
      pid: tree.pid[i]!,
      field: 'pgid' as const,
      value: tree.pgid[i]!,
    }));
    return { kind: 'rules', broken: [{ rule: 'N6', facts, text }] };
  }
  return null;
}
