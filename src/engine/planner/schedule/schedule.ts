/**
 * Schedule (theory, step 7; namespaces.md, section 8): from an origin tree to the steps of a plan, in one pid namespace
 * or in several.
 *
 * In: the tree, its elements with the births that were proposed. Out: steps in four phases — births, groups, deaths,
 * zombies; where numbers are few, deaths as soon as births allow — and the helpers that they need; or why there are none:
 * the numbers below pid_max do not suffice for the helpers, births wait for each other, or somebody would have to come
 * back to a group that it cannot enter.
 * `keepBirths`: the closest alive born ancestors of the proposed origin are kept exactly; without it a zombie may come
 * in between, where that saves a helper. `moveDeaths`: dead leaders may be born elsewhere than proposed.
 * Cost: O(n + steps); over several namespaces a little more where births wait for each other (birth-order.ts).
 */

import { StepList } from '../../plan/step-list.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';
import type { Scheduled } from '../draft.ts';
import type { Origin } from '../origin.ts';
import { type BirthEvents, birthEvents } from './birth-events.ts';
import { type BirthOrder, birthOrder } from './birth-order.ts';
import { scheduleBirths, scheduleBirthsInOrder } from './births.ts';
import { castPlan, type Parts } from './cast.ts';
import { Deaths } from './deaths.ts';
import { EarlyDeaths } from './early-deaths.ts';
import { EarlyGroups } from './early-groups.ts';
import { easierBirths } from './easier-births.ts';
import type { Elements } from './elements.ts';
import type { FreshNumbers } from './fresh-numbers.ts';
import { GroupMoves } from './group-moves.ts';
import type { Groups } from './groups.ts';
import { moveDeaths } from './moved-deaths.ts';
import { MovesBetweenNamespaces } from './nested-moves.ts';
import type { NestedSetting } from './nested-setting.ts';
import { type BirthWalk, type OriginWalk, walkOrigin } from './origin-walk.ts';
import { arrangeParents, CARRIED, type Parentage } from './parentage.ts';
import { shareDeaths } from './shared-deaths.ts';
import { NumbersExhausted, OutsideGroupLost, Stage } from './stage.ts';

export interface Schedule extends Scheduled {
  /** The births that the steps follow. */
  readonly origin: Origin;
  /** Dead leaders stand in for carriers. */
  readonly deathsMoved: boolean;
}

/** Fewer helpers, then fewer steps. */
export function isCheaper(a: Schedule, b: Schedule): boolean {
  if (a.helpers.length !== b.helpers.length) return a.helpers.length < b.helpers.length;
  return a.steps.length < b.steps.length;
}

/** A schedule that is arranged and not made yet. */
export interface Arranged {
  readonly deathsMoved: boolean;
  /** Dead leaders and carriers: it has no fewer helpers. */
  readonly leastHelpers: number;
  /** Null: the numbers below pid_max do not suffice for the helpers. */
  schedule(): Schedule | null;
}

/** The schedule, if it is cheaper than another one; it is not made where that is ruled out. */
export function cheaperThan(best: Schedule, arranged: Arranged): Schedule | null {
  if (arranged.leastHelpers > best.helpers.length) return null;
  const schedule = arranged.schedule();
  return schedule && isCheaper(schedule, best) ? schedule : null;
}

export type NoSchedule = 'numbers' | 'creation cycle' | 'outside group' | 'CLONE_PARENT';

/** What parents are arranged from. */
export interface ToArrange {
  readonly elements: Elements;
  readonly allowCloneParent: boolean;
  readonly keepBirths: boolean;
  readonly moveDeaths: boolean;
  /** The elements with other births. */
  readonly withOrigin: (elements: Elements, origin: Origin) => Elements;
}

/** What is to be scheduled, and what only one or several namespaces know. */
export interface Setting extends ToArrange {
  readonly tree: ProcessTree;
  readonly groups: () => Groups;
  /** Numbers for helpers; `scarce`: also those that are the last resort. */
  readonly fresh: (scarce: boolean) => FreshNumbers;
  readonly parts: (elements: Elements, parentage: Parentage, walk: BirthWalk) => Parts;
  readonly nested: NestedSetting | null;
}

export function scheduleOf(setting: Setting): Schedule | NoSchedule {
  const { nested } = setting;
  const arrangement = arrange(setting);
  if (nested === null) return scheduleArranged(setting, { ...arrangement, inOrder: null });
  const settled = settle(setting, nested, arrangement);
  if (settled === null) return 'creation cycle';
  const { deathsMoved } = arrangement;
  return scheduleArranged(setting, { ...settled, inOrder: settled, deathsMoved });
}

/** What is arranged for everybody. */
export interface ForAll {
  readonly elements: Elements;
  readonly walk: BirthWalk;
  readonly parentage: Parentage;
  /** Null: births come as the walk has them. */
  readonly inOrder: Pick<Settled, 'events' | 'order'> | null;
  readonly deathsMoved: boolean;
}

export function scheduleArranged(setting: Setting, arranged: ForAll): Schedule | NoSchedule {
  const schedule = tried(setting, arranged, false);
  return schedule === 'numbers' ? tried(setting, arranged, true) : schedule;
}

function tried(setting: Setting, arranged: ForAll, scarce: boolean): Schedule | NoSchedule {
  try {
    return scheduled(setting, arranged, scarce);
  } catch (error) {
    if (error instanceof NumbersExhausted) return 'numbers';
    if (error instanceof OutsideGroupLost) return 'outside group';
    throw error;
  }
}

/** `scarce`: helpers die as early as they can, for others to have their numbers. */
function scheduled(setting: Setting, arranged: ForAll, scarce: boolean): Schedule {
  const { tree, nested } = setting;
  const { elements, walk, parentage, inOrder, deathsMoved } = arranged;
  const count = elements.creator.length;
  const steps = new StepList(Math.max(64, tree.size * 3));
  const actors = count + parentage.carriers.count;
  const homes = nested?.homes(actors) ?? null;
  const stage = new Stage(steps, actors, setting.fresh(scarce), homes, scarce);
  const groups = setting.groups();
  const parts = setting.parts(elements, parentage, walk);
  const cast = castPlan(tree, elements, parentage, groups, stage, parts);
  const deaths = new Deaths(tree, elements, parentage, stage);
  const earlyGroups = nested && new EarlyGroups(nested, count, stage);
  const moves = nested && new MovesBetweenNamespaces(nested, elements, groups, earlyGroups!, stage);
  const groupMoves = new GroupMoves(tree, groups, cast, stage, moves);
  const play = { tree, elements, walk, parentage, parts, groups, stage };
  const early = scarce ? new EarlyDeaths(play, deaths, nested ? null : groupMoves) : null;
  const happened = (e: number): void => early?.happened(e);
  if (inOrder === null) scheduleBirths(elements, walk, parentage, stage, happened);
  else {
    const { events, order } = inOrder;
    scheduleBirthsInOrder(elements, walk, parentage, events, order, earlyGroups!, stage, happened);
  }
  groupMoves.run();
  const { postorder } = walk;
  for (let at = 0; at < postorder.length; at++) if (!early?.isDone(postorder[at]!)) deaths.of(postorder[at]!);
  deaths.finish(moves?.exited ?? null);
  return { steps, helpers: stage.roster.list(), adopts: deaths.adopts, origin: elements, deathsMoved };
}

interface Arrangement {
  readonly elements: Elements;
  readonly walk: OriginWalk;
  readonly parentage: Parentage;
}

export interface FewCarriers extends Arrangement {
  /** Dead leaders stand in for carriers. */
  readonly deathsMoved: boolean;
}

function arrangementOf(elements: Elements, walk: OriginWalk, allowCloneParent: boolean): Arrangement {
  return { elements, walk, parentage: arrangeParents(elements, walk, allowCloneParent, null) };
}

/** Parentage for the proposed origin, or for one in which others die for a carrier, if that needs fewer. */
export function arrange(given: ToArrange): FewCarriers {
  const { elements, allowCloneParent, keepBirths, withOrigin } = given;
  let best = arrangementOf(elements, walkOrigin(elements), allowCloneParent);
  if (elements.places?.times?.carrier) return { ...best, deathsMoved: false };
  const isBetter = (changed: Origin | null): boolean => {
    const origin = changed && withOrigin(best.elements, changed);
    const next = origin && arrangementOf(origin, walkOrigin(origin), allowCloneParent);
    if (!next || next.parentage.carriers.count >= best.parentage.carriers.count) return false;
    best = next;
    return true;
  };
  for (let deathsMoved = false; ; deathsMoved = true) {
    while (isBetter(shareDeaths(best.elements, best.parentage, keepBirths)));
    if (!given.moveDeaths || !isBetter(moveDeaths(best.elements, best.walk, best.parentage)))
      return { ...best, deathsMoved };
  }
}

interface Settled extends Arrangement {
  readonly events: BirthEvents;
  readonly order: BirthOrder;
}

/** The order of births, with carriers for whoever is late, or with easier births, where that needs fewer carriers. */
function settle(setting: Setting, { owners }: NestedSetting, arrangement: Arrangement): Settled | null {
  const { allowCloneParent, withOrigin } = setting;
  const settledOf = (arranged: Arrangement): Settled | null => {
    const { elements, walk, parentage } = arranged;
    const events = birthEvents(elements, walk, owners);
    const order = orderOf(elements, events, parentage);
    if (order === null) return null;
    if (!isLateForAnother(order, parentage)) return { ...arranged, events, order };
    const carried = arrangeParents(elements, walk, allowCloneParent, order.late);
    return { elements, walk, parentage: carried, events, order };
  };
  let best = settledOf(arrangement);
  let { parentage } = arrangement;
  if (arrangement.elements.places?.times?.carrier) return best;
  while (best && isLateForAnother(best.order, parentage)) {
    const { elements, walk, order } = best;
    const easier = easierBirths(elements, walk, parentage, order.late);
    if (!easier) return best;
    const arranged = arrangementOf(withOrigin(elements, easier), walkOrigin(easier), allowCloneParent);
    const next = settledOf(arranged);
    if (!next || next.parentage.carriers.count >= best.parentage.carriers.count) return best;
    best = next;
    parentage = arranged.parentage;
  }
  return best;
}

function orderOf(elements: Elements, events: BirthEvents, { mode }: Parentage): BirthOrder | null {
  const { creator, phase, wanted, places } = elements;
  const { sibling, stay } = places!;
  const carried = mode.map((m) => (m === CARRIED ? 1 : 0));
  const count = creator.length;
  const sameCarrier = (a: number, b: number): boolean => {
    if (a >= count || b >= count) return a >= count && b >= count;
    return (
      creator[a] === creator[b] &&
      phase[a] === phase[b] &&
      wanted[a] === wanted[b] &&
      stay[a] === stay[b] &&
      sibling[a] === sibling[b]
    );
  };
  return birthOrder(events, carried, sameCarrier);
}

function isLateForAnother({ late }: BirthOrder, { mode }: Parentage): boolean {
  for (let e = 0; e < mode.length; e++) if (late[e] && mode[e] !== CARRIED) return true;
  return false;
}
