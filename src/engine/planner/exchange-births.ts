/**
 * Exchange of births (theory, section 10): fewer helpers by giving leaders other birth sessions.
 *
 * In: the problem that is searched, an order that carries it if there is one, and how to arrange one. Out: the best schedule found.
 * Any births that pass the exact check give a correct plan, so this is a local search: change the births of one leader, of
 * two, of three, check, schedule, keep what is cheaper — first by helpers, then by steps. Schedules in which dead leaders
 * stand in for carriers lead it elsewhere than those in which none does, and neither always further: small trees have both.
 * It begins where parents-inside.ts leads, or turn-births.ts, or both: which one is better shows by the schedules. Larger
 * trees have no second proposal where the one with parents inside carries the tree.
 * It stops at the lower bound (no plan has fewer helpers than dead leaders) or when its work limit is reached. A tree
 * that is large, or cheap already, costs no more than what these two look at.
 */

import { spend, type WorkBudget } from '../plan/work-budget.ts';
import { withScratch } from '../tree/scratch.ts';
import { checkBirths, type RegionOrder } from './exact-check.ts';
import { outlasting } from './find-origin.ts';
import { deadLeaders } from './origin-problem.ts';
import { type BirthChange, betterChanges, otherBirths, withChanges } from './other-births.ts';
import { mayGainInside, withParentsInside } from './parents-inside.ts';
import { type Arranged, cheaperThan, isCheaper, type Schedule } from './schedule/schedule.ts';
import type { SearchedProblem } from './searched-problem.ts';
import { birthsOfWhole, tiedPart } from './tied-part.ts';
import { birthsWithTried } from './tried-births.ts';
import { turnBirths } from './turn-births.ts';

/** Elements of a problem up to which one leader after another is tried, with and without moved deaths. */
const SMALL = 40;
/** Proposals tried times elements. */
const WORK = 20_000;
/** Elements up to which births with and without parents inside are looked at. */
const MEDIUM = 300;
/** Passes over its elements that a check with a schedule costs. */
const TRY_PASSES = 40;
/** Leaders whose births are changed at a time. */
const TOGETHER = 3;

export function exchangeBirths(
  searched: SearchedProblem,
  first: () => RegionOrder | null,
  arrange: (order: RegionOrder, moveDeaths: boolean) => Arranged,
  budget: WorkBudget,
  plainBirths = false,
): Schedule | null {
  let anyMoved = false;
  const withMoved = (order: RegionOrder): Arranged => {
    const arranged = arrange(order, true);
    anyMoved ||= arranged.deathsMoved;
    return arranged;
  };
  let inside: RegionOrder | null | undefined;
  const insideOrder = (): RegionOrder | null => {
    if (inside === undefined) inside = plainBirths ? null : orderWithParentsInside(searched, budget);
    return inside;
  };
  const best = exchanged(searched, first, insideOrder, withMoved, budget);
  const isSmall = searched.elements <= SMALL;
  if (!best || !anyMoved || !isSmall || best.helpers.length <= deadLeaders(searched.problem)) return best;
  const other = exchanged(searched, first, insideOrder, (order) => arrange(order, false), budget);
  return !other || isCheaper(best, other) ? best : other;
}

function orderWithParentsInside(
  { problem, elements }: SearchedProblem,
  budget: WorkBudget,
): RegionOrder | null {
  return withScratch(() => {
    if (!mayGainInside(problem)) return null;
    // A large problem is searched in its tied part already, or is mostly tied.
    const part = elements > MEDIUM ? null : tiedPart(problem, problem.size / 2);
    const inside = withParentsInside(part?.problem ?? problem);
    const births = inside && birthsWithTried(inside, budget);
    const order = births && checkBirths(problem, part ? birthsOfWhole(problem, part, births) : births);
    return order && outlasting(order);
  });
}

function exchanged(
  searched: SearchedProblem,
  firstOrder: () => RegionOrder | null,
  insideOrder: () => RegionOrder | null,
  arrange: (order: RegionOrder) => Arranged,
  budget: WorkBudget,
): Schedule | null {
  const { problem, elements } = searched;
  const improvedFrom = (order: RegionOrder, schedule: Schedule): Schedule =>
    turnedAndExchanged(searched, order, schedule, arrange, budget);
  const { work } = budget;
  const early = elements > MEDIUM ? insideOrder() : null;
  const only = early && arrange(early).schedule();
  if (only) return improvedFrom(early, only);
  // The proposal that every tree has comes first in what there is to spend.
  const spent = work - budget.work;
  budget.work = work;
  const first = firstOrder();
  budget.work -= spent;
  if (!first) return null;
  const arranged = arrange(first);
  const isDone = elements > MEDIUM || hasAtMost(deadLeaders(problem), arranged);
  const inside = isDone ? null : insideOrder();
  const proposed = arranged.schedule();
  if (!proposed) return null;
  const best = improvedFrom(first, proposed);
  if (best.helpers.length <= deadLeaders(problem)) return best;
  const other = inside && arrange(inside).schedule();
  const second = other && improvedFrom(inside, other);
  return second && isCheaper(second, best) ? second : best;
}

function hasAtMost(helpers: number, arranged: Arranged): boolean {
  if (arranged.leastHelpers > helpers) return false;
  const schedule = arranged.schedule();
  return schedule !== null && schedule.helpers.length <= helpers;
}

function turnedAndExchanged(
  searched: SearchedProblem,
  first: RegionOrder,
  schedule: Schedule,
  arrange: (order: RegionOrder) => Arranged,
  budget: WorkBudget,
): Schedule {
  const turned = turnBirths(searched, first, schedule, arrange, budget);
  const best = exchangedFrom(searched, turned.order, turned.schedule, arrange, budget);
  if (turned.schedule === schedule || best.helpers.length <= deadLeaders(searched.problem)) return best;
  const other = exchangedFrom(searched, first, schedule, arrange, budget);
  return isCheaper(best, other) ? best : other;
}

function exchangedFrom(
  { problem, elements }: SearchedProblem,
  first: RegionOrder,
  schedule: Schedule,
  arrange: (order: RegionOrder) => Arranged,
  budget: WorkBudget,
): Schedule {
  const atLeast = deadLeaders(problem);
  let best = schedule;
  let { birth } = first;
  let work = WORK / elements;
  const areBetter = (changes: readonly BirthChange[]): boolean => {
    if (!spend(budget, TRY_PASSES * elements)) work = 0;
    work--;
    const changed = withChanges(birth, changes);
    const order = checkBirths(problem, changed);
    const other = order && cheaperThan(best, arrange(order));
    if (!other) return false;
    best = other;
    birth = changed;
    return true;
  };
  const better = () => betterChanges(otherBirths(problem, birth), TOGETHER, () => work > 0, areBetter);
  while (elements <= SMALL && best.helpers.length > atLeast && work > 0 && better());
  return best;
}
