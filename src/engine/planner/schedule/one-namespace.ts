/**
 * The setting of a schedule in one pid namespace: elements from an origin problem, helpers with numbers of one level.
 *
 * Cost: O(elements).
 */

import type { PlanOptions } from '../../plan/plan-options.ts';
import type { OutsideNumbers } from '../../tree/outside.ts';
import { ZOMBIE } from '../../tree/process-columns.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';
import { bytes, int32s, withScratch } from '../../tree/scratch.ts';
import { BEFORE, type Origin } from '../origin.ts';
import {
  DEAD,
  deadLeaders,
  elementLeads,
  elementSession,
  type OriginProblem,
  regionOf,
} from '../origin-problem.ts';
import { inBornOrder } from './born-order.ts';
import type { Parts } from './cast.ts';
import { ANYBODY, type Elements } from './elements.ts';
import { FreshNumbers } from './fresh-numbers.ts';
import { type Groups, groupsThatMove } from './groups.ts';
import type { BirthWalk } from './origin-walk.ts';
import type { Parentage } from './parentage.ts';
import {
  type ArrangedAlone,
  type NotPlain,
  originOfWhole,
  outlasting,
  parentageOfWhole,
  walkOfWhole,
  withoutPlainBirths,
} from './plain-births.ts';
import {
  type Arranged,
  arrange,
  type FewCarriers,
  type ForAll,
  type Schedule,
  type Setting,
  scheduleArranged,
} from './schedule.ts';
import type { Stage } from './stage.ts';

/** Elements up to which parents are arranged for everybody. */
const FEW = 300;
/** Elements up to which all columns are near enough for the processor, in whatever order. */
const NEAR = 300_000;

type Changes = Pick<Setting, 'keepBirths' | 'moveDeaths'>;
export type ArrangeOrigin = (proposed: Origin, changes: Changes) => Arranged;

/** For any number of origins of one tree, whose groups are worked out once. */
export function arrangerOf(
  tree: ProcessTree,
  outside: OutsideNumbers,
  problem: OriginProblem,
  options: PlanOptions,
): ArrangeOrigin {
  let groups: Groups | undefined;
  const dead = deadLeaders(problem);
  const { allowCloneParent } = options;
  const withOrigin = (elements: Elements, origin: Origin): Elements => ({ ...elements, ...origin });
  const groupsOfTree = (): Groups => (groups ??= groupsThatMove(tree, outside));
  return (proposed, changes) => {
    const everybody = elementsOf(tree, problem, proposed);
    const left = withoutMany(everybody);
    const arranged = (elements: Elements): FewCarriers =>
      arrange({ elements, allowCloneParent, ...changes, withOrigin });
    const alone = left && withScratch(() => outlasting(arranged(left.elements)));
    const together = left ? null : arranged(everybody);
    const { deathsMoved, parentage } = (alone ?? together)!;
    const setting: Setting = {
      tree,
      groups: groupsOfTree,
      elements: everybody,
      allowCloneParent,
      ...changes,
      withOrigin,
      fresh: (scarce) =>
        new FreshNumbers(tree, options.helperPidMin, options.occupiedPids, scarce, () =>
          numbersOfTheDead(problem, groupsOfTree(), outside),
        ),
      parts: (some, parentage, walk) => partsOf(tree, problem, some, parentage, walk),
      nested: null,
    };
    let made: Schedule | null | undefined;
    return {
      deathsMoved,
      leastHelpers: dead + parentage.carriers.count,
      schedule: () => {
        if (made !== undefined) return made;
        const forAll = together
          ? { ...together, inOrder: null }
          : arrangedForAll(everybody, alone!, left!.was);
        const schedule = scheduleArranged(setting, forAll);
        made = typeof schedule === 'string' ? null : schedule;
        return made;
      },
    };
  };
}

/** Null: there are few, or most are not plain. */
function withoutMany(everybody: Elements): NotPlain | null {
  const count = everybody.creator.length;
  if (count <= FEW) return null;
  const left = withoutPlainBirths(everybody);
  if (count > NEAR) return inBornOrder(left);
  return left.was.length * 2 < count ? left : null;
}

/** What was arranged for those who are not plain. */
function arrangedForAll(everybody: Elements, arranged: ArrangedAlone, was: Int32Array): ForAll {
  const { elements, walk, parentage, deathsMoved } = arranged;
  const origin = originOfWhole(everybody, elements, was);
  return {
    elements: { ...everybody, ...origin },
    walk: walkOfWhole(origin, walk, was),
    parentage: parentageOfWhole(origin.creator, parentage, was),
    inOrder: null,
    deathsMoved,
  };
}

export function elementsOf(tree: ProcessTree, problem: OriginProblem, { creator, phase }: Origin): Elements {
  const { size, sessionCount, leader } = problem;
  const count = creator.length;
  const leads = bytes(count);
  const wanted = int32s(count, ANYBODY);
  const dies = bytes(count);
  for (let s = 0; s < sessionCount; s++) {
    if (leader[s]! >= 0) leads[leader[s]!] = 1;
    else if (leader[s] === DEAD) leads[size + s] = dies[size + s] = 1;
  }
  for (let i = 1; i < size; i++) if (tree.state[i] === ZOMBIE) dies[i] = 1;
  wanted.set(tree.parent);
  return { size, creator, phase, leads, wanted, dies, places: null };
}

function partsOf(
  tree: ProcessTree,
  problem: OriginProblem,
  elements: Elements,
  { carriers }: Parentage,
  walk: BirthWalk,
): Parts {
  const count = elements.creator.length;
  const birth = carriers.count > 0 ? birthSessions(problem, elements, walk) : null;
  return {
    tools: [],
    ...inOneNamespace(tree, problem),
    sessionOf: (actor) => {
      const h = actor - count;
      const s = sessionOfBirth(problem, birth!, carriers.creator[h]!, carriers.phase[h]!);
      return problem.sessionNumber[s]!;
    },
  };
}

/** Numbers of one level: any helper that lives in a group's session can play its owner. */
export function inOneNamespace(
  tree: ProcessTree,
  problem: OriginProblem,
): Pick<Parts, 'castElements' | 'playersOf' | 'enter'> {
  return {
    castElements: (stage) => {
      stage.pid.of.set(tree.pid);
      stage.pid.of.set(problem.sessionNumber, problem.size);
      castDeadLeaders(tree, problem, stage);
    },
    playersOf: () => () => true,
    enter: (stage, actor, number) => {
      stage.pid.of[actor] = number > 0 ? number : stage.castNumber();
    },
  };
}

function castDeadLeaders(tree: ProcessTree, problem: OriginProblem, { roster }: Stage): void {
  const rows = int32s(problem.sessionCount, -1);
  let dead = 0;
  for (let s = 0; s < problem.sessionCount; s++) {
    if (problem.leader[s] !== DEAD) continue;
    rows[s] = roster.add(problem.sessionNumber[s]!, 'session-leader');
    dead++;
  }
  if (dead === 0) return;
  for (let i = 0; i < problem.size; i++) {
    const row = rows[problem.session[i]!]!;
    if (row >= 0) roster.serve(row, tree.pid[i]!);
  }
}

/** Of whoever led a session or a group; those from outside may be anybody's. */
function* numbersOfTheDead(
  { sessionCount, leader, sessionNumber }: OriginProblem,
  groups: Groups,
  outside: OutsideNumbers,
): Iterable<number> {
  yield outside.sid;
  yield outside.pgid;
  for (let s = 0; s < sessionCount; s++) if (leader[s] === DEAD) yield sessionNumber[s]!;
  for (let g = 0; g < groups.count; g++) if (groups.owner[g]! < 0) yield groups.number[g]!;
}

/** Birth session of each session's leader. */
function birthSessions(
  problem: OriginProblem,
  { creator, phase }: Elements,
  { preorder }: BirthWalk,
): Int32Array {
  const birth = int32s(problem.sessionCount, -1);
  for (let at = 0; at < preorder.length; at++) {
    const e = preorder[at]!;
    if (e === 0 || !elementLeads(problem, e)) continue;
    birth[elementSession(problem, e)] = sessionOfBirth(problem, birth, creator[e]!, phase[e]!);
  }
  return birth;
}

/** The session that whoever `creator` makes in this phase is born in. */
function sessionOfBirth(problem: OriginProblem, birth: Int32Array, creator: number, phase: number): number {
  if (phase !== BEFORE || !elementLeads(problem, creator)) return elementSession(problem, creator);
  return creator === 0 ? problem.outside : regionOf(problem, birth, creator);
}
