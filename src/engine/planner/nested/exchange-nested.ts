/**
 * Exchange of births over several pid namespaces: fewer helpers by giving leaders other birth sessions, in the problem
 * of whichever namespace they belong to (exchange-births.ts does it for one).
 *
 * In: births by namespace, and how to schedule them. Out: the best schedule found; where none was, why. It stops at the
 * lower bound, no plan having fewer helpers than dead session and group leaders, or when its work limit is reached. A
 * tree that is large costs nothing here.
 */

import { spend, type WorkBudget } from '../../plan/work-budget.ts';
import { copyOf } from '../../tree/scratch.ts';
import { checkBirths } from '../exact-check.ts';
import { DEAD, isRootRegion } from '../origin-problem.ts';
import { isCheaper, type NoSchedule, type Schedule } from '../schedule/schedule.ts';
import type { NamespaceProblem } from './namespace-problem.ts';
import type { NamespaceBirths } from './nested-origin.ts';
import { isDeadSession, type NestedTree } from './nested-tree.ts';

/** Processes of a tree up to which the exchange is tried; elements times proposals. */
const SMALL = 40;
const WORK = 20_000;
/** Passes over its elements that a check with a schedule costs. */
const TRY_PASSES = 200;
/** Leaders whose births are changed at a time. */
const TOGETHER = 2;

export function exchangeNestedBirths(
  nested: NestedTree,
  first: readonly NamespaceBirths[],
  scheduleOf: (parts: readonly NamespaceBirths[]) => Schedule | NoSchedule,
  budget: WorkBudget,
): Schedule | NoSchedule {
  let best = scheduleOf(first);
  const { size } = nested.tree;
  if (size > SMALL || best === 'CLONE_PARENT') return best;
  const atLeast = deadOwners(nested);
  let parts = first;
  const leaders = changeableLeaders(first);
  let work = WORK / (size + nested.sessions.count);
  const isBest = (): boolean => typeof best !== 'string' && best.helpers.length <= atLeast;

  const tryParts = (changed: readonly NamespaceBirths[]): boolean => {
    const schedule = scheduleOf(changed);
    if (typeof schedule === 'string') return false;
    if (typeof best !== 'string' && !isCheaper(schedule, best)) return false;
    best = schedule;
    parts = changed;
    return true;
  };
  const exchange = (count: number, from: number, births: readonly NamespaceBirths[]): boolean => {
    for (let i = from; i < leaders.length; i++) {
      const { part, session } = leaders[i]!;
      const { local, order } = births[part]!;
      const { sessionCount } = local.problem;
      for (let to = 0; to < sessionCount; to++) {
        if (to === session || to === order.birth[session] || !isLedInside(nested, local, to)) continue;
        if (work <= 0 || !spend(budget, TRY_PASSES * (size + sessionCount))) return false;
        work--;
        const birth = copyOf(order.birth);
        birth[session] = to;
        if (count > 1) {
          const pending = births.with(part, { local, order: { ...order, birth } });
          if (exchange(count - 1, i + 1, pending)) return true;
          continue;
        }
        const changed = checked(births, part, birth);
        if (changed && tryParts(changed)) return true;
      }
    }
    return false;
  };
  const improved = (): boolean => {
    for (let count = 1; count <= TOGETHER; count++) if (exchange(count, 0, parts)) return true;
    return false;
  };
  while (!isBest() && improved());
  return best;
}

/** Births that pass the exact check of every namespace that differs from what was checked before; null: one does not. */
function checked(
  births: readonly NamespaceBirths[],
  part: number,
  birth: Int32Array,
): NamespaceBirths[] | null {
  const changed = [...births];
  changed[part] = { ...births[part]!, order: { ...births[part]!.order, birth } };
  for (const [n, { local, order }] of changed.entries()) {
    const again = checkBirths(local.problem, order.birth);
    if (!again) return null;
    changed[n] = { local, order: again };
  }
  return changed;
}

/** Does the leader of a session of this problem live in its namespace, so that it can bear there? */
function isLedInside({ tree, sessions }: NestedTree, local: NamespaceProblem, session: number): boolean {
  const { problem, role, id, namespace } = local;
  const leader = problem.leader[session]!;
  if (leader === DEAD) return sessions.namespace[local.deadSession(session)] === namespace;
  if (leader < 0) return true;
  if (role[leader] === 'dead leader') return sessions.namespace[id[leader]!] === namespace;
  return role[leader] !== 'process' || tree.namespace[id[leader]!] === namespace;
}

interface Leader {
  readonly part: number;
  readonly session: number;
}

function changeableLeaders(parts: readonly NamespaceBirths[]): Leader[] {
  const leaders: Leader[] = [];
  for (const [part, { local }] of parts.entries()) {
    const { problem } = local;
    for (let session = 0; session < problem.sessionCount; session++) {
      if (isRootRegion(problem, session)) continue;
      const leader = problem.leader[session]!;
      if (leader >= 0 && problem.pinned?.[leader]) continue;
      leaders.push({ part, session });
    }
  }
  return leaders;
}

/** Dead session leaders and dead group owners: each is a helper in every plan. */
function deadOwners(nested: NestedTree): number {
  const { sessions, groups, outsideGroup } = nested;
  const numbers = new Set<number>();
  for (let s = 1; s < sessions.count; s++) if (isDeadSession(nested, s)) numbers.add(sessions.number[s]!);
  for (let g = 1; g < groups.count; g++) {
    const number = groups.number[g]!;
    if (groups.process[g]! < 0 && number !== outsideGroup) numbers.add(number);
  }
  return numbers.size;
}
