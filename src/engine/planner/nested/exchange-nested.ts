/**
 * Exchange of births over several pid namespaces: fewer helpers by giving leaders other birth sessions, in the problem
 * of whichever namespace they belong to (exchange-births.ts does it for one).
 *
 * In: births by namespace, and how to schedule them. Out: the best schedule found; where none was, why. It stops at the
 * lower bound, no plan having fewer helpers than dead session and group leaders, or when its work limit is reached. A
 * tree that is large costs nothing here.
 */

import { spend, type WorkBudget } from '../../plan/work-budget.ts';
import { withScratch } from '../../tree/scratch.ts';
import { checkBirths } from '../exact-check.ts';
import { DEAD, isRootRegion } from '../origin-problem.ts';
import { isCheaper, type NoSchedule, type Schedule } from '../schedule/schedule.ts';
import type { NamespaceProblem } from './namespace-problem.ts';
import type { NamespaceBirths } from './nested-origin.ts';
import { isDeadSession, type NestedTree } from './nested-tree.ts';

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
  scheduleOf: (parts: readonly NamespaceBirths[]) => Schedule | NoSchedule,
  budget: WorkBudget,
): Schedule | NoSchedule {
  const best = scheduleOf(first);
  const { size } = nested.tree;
  if (size > SMALL || best === 'CLONE_PARENT') return best;
  return new NestedExchange(nested, first, best, scheduleOf, budget).run();
}

class NestedExchange {
  private readonly nested: NestedTree;
  private readonly scheduleOf: (parts: readonly NamespaceBirths[]) => Schedule | NoSchedule;
  private readonly budget: WorkBudget;
  private readonly leaders: readonly Leader[];
  private readonly atLeast: number;
  private tries: number;
  private parts: readonly NamespaceBirths[];
  private best: Schedule | NoSchedule;

  constructor(
    nested: NestedTree,
    first: readonly NamespaceBirths[],
    best: Schedule | NoSchedule,
    scheduleOf: (parts: readonly NamespaceBirths[]) => Schedule | NoSchedule,
    budget: WorkBudget,
  ) {
    this.nested = nested;
    this.scheduleOf = scheduleOf;
    this.budget = budget;
    this.leaders = changeableLeaders(first);
    this.atLeast = deadOwners(nested);
    this.tries = WORK / (nested.tree.size + nested.sessions.count);
    this.parts = first;
    this.best = best;
  }

  run(): Schedule | NoSchedule {
    while (typeof this.best === 'string' || this.best.helpers.length > this.atLeast) {
      const better = this.better();
      if (!better) break;
      this.parts = checked(this.parts, better)!;
      this.best = this.scheduleOf(this.parts);
    }
    return this.best;
  }

  private better(): Changed | null {
    for (let count = 1; count <= TOGETHER; count++) {
      const found = this.exchanged(count, 0, new Map());
      if (found) return found;
    }
    return null;
  }

  /** Changes `count` births more, of leaders from the given one on. */
  private exchanged(count: number, from: number, changed: Changed): Changed | null {
    const { nested, leaders, parts } = this;
    for (let i = from; i < leaders.length; i++) {
      const { part, session } = leaders[i]!;
      const { local, order } = parts[part]!;
      const birth = changed.get(part) ?? order.birth;
      for (let to = 0; to < local.problem.sessionCount; to++) {
        if (to === session || to === birth[session] || !isLedInside(nested, local, to)) continue;
        if (this.tries <= 0 || this.budget.work < 0) return null;
        this.tries--;
        const next = new Map(changed).set(part, birth.slice());
        next.get(part)![session] = to;
        if (count > 1) {
          const found = this.exchanged(count - 1, i + 1, next);
          if (found) return found;
        } else if (withScratch(() => this.isBetter(next))) return next;
      }
    }
    return null;
  }

  private isBetter(changed: Changed): boolean {
    const { nested, parts, best, budget } = this;
    let elements = 0;
    for (const part of changed.keys()) {
      const { size, sessionCount } = parts[part]!.local.problem;
      elements += size + sessionCount;
    }
    spend(budget, CHECK_WORK + CHECK_PASSES * elements);
    const tried = checked(parts, changed);
    if (!tried) return false;
    spend(budget, SCHEDULE_WORK + SCHEDULE_PASSES * (nested.tree.size + nested.sessions.count));
    const schedule = this.scheduleOf(tried);
    if (typeof schedule === 'string') return false;
    return typeof best === 'string' || isCheaper(schedule, best);
  }
}

/** Birth sessions by part, where they are other ones. */
type Changed = Map<number, Int32Array>;

/** These births, where each problem passes the exact check. */
function checked(parts: readonly NamespaceBirths[], changed: Changed): NamespaceBirths[] | null {
  const next = [...parts];
  for (const [part, birth] of changed) {
    const { local } = parts[part]!;
    const order = checkBirths(local.problem, birth);
    if (!order) return null;
    next[part] = { local, order };
  }
  return next;
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
