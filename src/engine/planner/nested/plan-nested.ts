/**
 * Plan a tree with nested pid namespaces (namespaces.md): boundary births, classes, one problem a namespace, schedule.
 *
 * In: a tree whose local rules hold, with the owners of its sessions and groups. Out: a draft, as for one namespace.
 * `hidden`: namespaces around level 0 that the plan does not show (with-restorer.ts).
 * Cost: near-linear over processes and namespaces.
 */

import type { WorkBudget } from '../../plan/work-budget.ts';
import type { Draft } from '../draft.ts';
import type { PlanRequest } from '../plan-request.ts';
import { withBearingInits } from './bearing-inits.ts';
import { type BoundaryBirths, boundaryBirths } from './boundary-births.ts';
import { type GroupClasses, groupClasses, mustInherit } from './group-classes.ts';
import { type NestedOrigin, nestedOrigin } from './nested-origin.ts';
import type { NestedTree } from './nested-tree.ts';
import { scheduleSolution } from './schedule-nested.ts';

export interface Solution {
  readonly origin: NestedOrigin;
  readonly births: BoundaryBirths;
  readonly classes: GroupClasses;
}

export interface NestedPlan {
  readonly draft: Draft;
  /** Null where there are no births. */
  readonly origin: NestedOrigin | null;
}

export function planNested(nested: NestedTree, request: PlanRequest, hidden: number): NestedPlan {
  request.phase('origin');
  const solution = solveNested(nested, request.budget);
  if ('kind' in solution) return { draft: solution, origin: null };
  const bearing = withBearingInits(nested, solution);
  const draft = scheduleNested(nested, bearing, request, hidden);
  if (draft.kind === 'steps' || bearing === solution) return { draft, origin: bearing.origin };
  return { draft: scheduleNested(nested, solution, request, hidden), origin: solution.origin };
}

function solveNested(nested: NestedTree, budget: WorkBudget): Solution | Draft {
  const births = boundaryBirths(nested);
  if ('text' in births) return { kind: 'unreachable', ...births };
  const fixed = inheritOnlyOwner(nested, births);
  if (fixed) return fixed;
  const classes = groupClasses(nested, births);
  if ('text' in classes) return { kind: 'unreachable', ...classes };
  const found = nestedOrigin(nested, births, classes, budget);
  if (found === 'undecided') return { kind: 'undecided', reason: 'work limit' };
  return 'text' in found ? { kind: 'unreachable', ...found } : { origin: found, births, classes };
}

/** Steps of a solution. */
export function scheduleNested(
  nested: NestedTree,
  solution: Solution,
  { options, phase }: PlanRequest,
  hidden: number,
): Draft {
  if (!options.allowCloneParent && needsCloneParent(nested, solution.origin))
    return { kind: 'undecided', reason: 'CLONE_PARENT' };
  phase('schedule');
  const schedule = scheduleSolution(nested, solution, options, hidden);
  if (schedule === 'outside group lost') return { kind: 'undecided', reason: 'nested births' };
  if (typeof schedule === 'string') return { kind: 'undecided', reason: schedule };
  const { steps, helpers, adopts } = schedule;
  return { kind: 'steps', steps, helpers, adopts: adopts.subarray(hidden) };
}

/** Is there a process that only CLONE_PARENT can make, or an init whose parent lives above its parent namespace? */
function needsCloneParent({ tree, relations, mu }: NestedTree, { sibling }: NestedOrigin): boolean {
  if (sibling.includes(1)) return true;
  return tree.namespaces.some((n, i) => i > 0 && mu[n.init] !== relations.parent[i]);
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
