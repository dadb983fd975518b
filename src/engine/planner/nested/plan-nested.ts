/**
 * Plan a tree with nested pid namespaces (namespaces.md): boundary births, classes, one problem a namespace, schedule.
 *
 * In: a tree whose local rules hold, with the owners of its sessions and groups. Out: a draft, as for one namespace.
 * `hidden`: namespaces around level 0 that the plan does not show (with-restorer.ts).
 * Cost: near-linear over processes and namespaces.
 */

import { withShare } from '../../plan/work-budget.ts';
import type { Draft } from '../draft.ts';
import type { Origin } from '../origin.ts';
import type { PlanRequest } from '../plan-request.ts';
import { isCheaper, type NoSchedule, type Schedule } from '../schedule/schedule.ts';
import { type BoundaryBirths, boundaryBirths } from './boundary-births.ts';
import { exchangeNestedBirths } from './exchange-nested.ts';
import { withFewerTools } from './fewer-tools.ts';
import { type GroupClasses, groupClasses, mustInherit } from './group-classes.ts';
import { withInitBirths } from './init-births.ts';
import { birthsByNamespace, gluedOrigin, type NamespaceBirths } from './nested-origin.ts';
import type { NestedTree } from './nested-tree.ts';
import { scheduleSolution } from './schedule-nested.ts';
import type { Solution } from './solution.ts';

/** Of looking for births with fewer helpers: the rest is for finding any that lead to the tree. */
const EXCHANGE_WORK = 500_000;

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
  const found = { births, classes, parts };
  const tried = [found, ...(request.verdictOnly ? [] : withChosenInitBirths(nested, births, request))];
  const schedules = withShare(request.budget, request.verdictOnly ? 0 : EXCHANGE_WORK, (share) =>
    tried.map((nestedBirths) =>
      exchangeNestedBirths(
        nested,
        nestedBirths.parts,
        (changed) => scheduleOf(nested, { ...nestedBirths, parts: changed }, request, hidden),
        share,
      ),
    ),
  );
  const schedule = schedules.reduce((best, next) => {
    if (typeof next === 'string') return best;
    return typeof best === 'string' || isCheaper(next, best) ? next : best;
  });
  const origin = typeof schedule === 'string' ? null : schedule.origin;
  return { draft: draftOf(schedule, hidden), origin };
}

interface NestedBirths {
  readonly births: BoundaryBirths;
  readonly classes: GroupClasses;
  readonly parts: readonly NamespaceBirths[];
}

/** The births with chosen ones for inits, where these lead to the tree. */
function withChosenInitBirths(
  nested: NestedTree,
  found: BoundaryBirths,
  { budget }: PlanRequest,
): NestedBirths[] {
  const births = withInitBirths(nested, found);
  if (births === null || inheritOnlyOwner(nested, births)) return [];
  const classes = groupClasses(nested, births);
  if ('text' in classes) return [];
  const parts = birthsByNamespace(nested, births, classes, budget);
  return 'suspects' in parts || 'text' in parts ? [] : [{ births, classes, parts }];
}

function scheduleOf(
  nested: NestedTree,
  { births, classes, parts }: NestedBirths,
  { options }: PlanRequest,
  hidden: number,
): Schedule | NoSchedule {
  const solution = { origin: gluedOrigin(nested, births, parts), births, classes };
  const fewer = withFewerTools(nested, solution);
  const schedule = scheduleSolution(nested, fewer, options, hidden, false);
  const failed = typeof schedule === 'string' && fewer !== solution;
  return failed ? scheduleSolution(nested, solution, options, hidden, false) : schedule;
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
  if (schedule === 'outside group lost') return { kind: 'undecided', reason: 'outside group' };
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
