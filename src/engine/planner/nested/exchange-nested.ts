/**
 * Exchange of births over several pid namespaces: fewer helpers by giving leaders other birth sessions, in the problem
 * of whichever namespace they belong to (exchange-births.ts does it for one).
 *
 * In: births by namespace with their schedule, how to schedule others, and helpers that every plan has at least. Out: the best
 * schedule found; where none was, why. It stops at the lower bound, or when its work limit is reached. A tree that is
 * large costs nothing here.
 */

import { spend, type WorkBudget } from '../../plan/work-budget.ts';
import { withScratch } from '../../tree/scratch.ts';
import { checkBirths } from '../exact-check.ts';
import { DEAD } from '../origin-problem.ts';
import { type BirthChange, betterChanges, otherBirths, withChanges } from '../other-births.ts';
import { isCheaper, type NoSchedule, type Schedule } from '../schedule/schedule.ts';
import { DEAD_LEADER, deadSession, type NamespaceProblem, PROCESS } from './namespace-problem.ts';
import type { NamespaceBirths } from './nested-origin.ts';
import type { NestedTree } from './nested-tree.ts';

/** Processes of a tree up to which the exchange is tried; elements times proposals. */
const SMALL = 40;
const WORK = 20_000;
/** Work of a check and of a schedule: for itself, and for each element. */
const CHECK_WORK = 40;
const CHECK_PASSES = 4;
const SCHEDULE_WORK = 1000;
const SCHEDULE_PASSES = 60;
/** Leaders whose births are changed at a time. */
const TOGETHER = 2;

export function exchangeNestedBirths(
  nested: NestedTree,
  first: readonly NamespaceBirths[],
  firstSchedule: Schedule | NoSchedule,
  atLeast: number,
  scheduleOf: (parts: readonly NamespaceBirths[]) => Schedule | NoSchedule,
  budget: WorkBudget,
): Schedule | NoSchedule {
  let best = firstSchedule;
  const { size } = nested.tree;
  if (size > SMALL || best === 'CLONE_PARENT') return best;
  const elements = size + nested.sessions.count;
  let parts = first;
  let tries = WORK / elements;
  const mayGoOn = (): boolean => budget.work >= 0 && tries-- > 0;
  const areBetter = (changes: readonly BirthChange[]): boolean => {
    spend(budget, CHECK_WORK + CHECK_PASSES * elementsOf(parts, changes));
    const tried = changedParts(parts, changes);
    if (!tried) return false;
    spend(budget, SCHEDULE_WORK + SCHEDULE_PASSES * elements);
    const schedule = scheduleOf(tried);
    return typeof schedule !== 'string' && (typeof best === 'string' || isCheaper(schedule, best));
  };
  while (typeof best === 'string' || best.helpers.length > atLeast) {
    const others = parts.flatMap(({ local, order }, part) =>
      otherBirths(local.problem, order.birth, part, (to) => isLedInside(nested, local, to)),
    );
    const better = betterChanges(others, TOGETHER, mayGoOn, (changes) =>
      withScratch(() => areBetter(changes)),
    );
    if (!better) break;
    parts = changedParts(parts, better)!;
    best = scheduleOf(parts);
  }
  return best;
}

/** Elements of the problems that changes concern. */
function elementsOf(parts: readonly NamespaceBirths[], changes: readonly BirthChange[]): number {
  let elements = 0;
  for (const part of new Set(changes.map((change) => change.part))) {
    const { size, sessionCount } = parts[part]!.local.problem;
    elements += size + sessionCount;
  }
  return elements;
}

/** The births with changes; null where a problem does not pass the exact check. */
function changedParts(
  parts: readonly NamespaceBirths[],
  changes: readonly BirthChange[],
): NamespaceBirths[] | null {
  const next = [...parts];
  for (const part of new Set(changes.map((change) => change.part))) {
    const { local, order } = parts[part]!;
    const checked = checkBirths(local.problem, withChanges(order.birth, changes, part));
    if (!checked) return null;
    next[part] = { local, order: checked };
  }
  return next;
}

/** Does the leader of a session of this problem live in its namespace, so that it can bear there? */
function isLedInside({ tree, sessions }: NestedTree, local: NamespaceProblem, session: number): boolean {
  const { problem, role, id, namespace } = local;
  const leader = problem.leader[session]!;
  if (leader === DEAD) return sessions.namespace[deadSession(local, session)] === namespace;
  if (leader < 0) return true;
  if (role[leader] === DEAD_LEADER) return sessions.namespace[id[leader]!] === namespace;
  return role[leader] !== PROCESS || tree.namespace[id[leader]!] === namespace;
}
