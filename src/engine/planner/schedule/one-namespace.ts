/**
 * The setting of a schedule in one pid namespace: elements from an origin problem, helpers with numbers of one level.
 *
 * Cost: O(elements).
 */

import type { PlanOptions } from '../../plan/plan-options.ts';
import type { OutsideNumbers } from '../../tree/outside.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';
import { bytes, int32s } from '../../tree/scratch.ts';
import { BEFORE, type Origin } from '../origin.ts';
import { DEAD, elementLeads, elementSession, type OriginProblem, regionOf } from '../origin-problem.ts';
import { inBornOrder, type Numbered } from './born-order.ts';
import type { Parts } from './cast.ts';
import { ANYBODY, type Elements } from './elements.ts';
import { FreshNumbers } from './fresh-numbers.ts';
import { type Groups, groupsOf } from './groups.ts';
import type { OriginWalk } from './origin-walk.ts';
import type { Parentage } from './parentage.ts';
import { type Arranged, arrange, type Setting, scheduleArranged } from './schedule.ts';
import type { Stage } from './stage.ts';

/** Elements up to which all columns are near enough for the processor, in whatever order. */
const NEAR = 300_000;

export type ArrangeOrigin = (
  proposed: Origin,
  changes: Pick<Setting, 'keepBirths' | 'moveDeaths'>,
) => Arranged;

/** For any number of origins of one tree, whose groups are worked out once. */
export function arrangerOf(
  tree: ProcessTree,
  outside: OutsideNumbers,
  problem: OriginProblem,
  options: PlanOptions,
): ArrangeOrigin {
  let groups: Groups | undefined;
  const dead = problem.leader.reduce((count, l) => count + (l === DEAD ? 1 : 0), 0);
  return (proposed, changes) => {
    const isFar = proposed.creator.length > NEAR;
    const here = isFar ? inBornOrder(tree, problem, proposed) : asTheyAre(tree, problem, proposed);
    const setting: Setting = {
      tree: here.tree,
      groups: () => (isFar ? groupsOf(here.tree, outside) : (groups ??= groupsOf(tree, outside))),
      elements: elementsOf(here.tree, here.problem, here.origin),
      allowCloneParent: options.allowCloneParent,
      ...changes,
      withOrigin: (elements, origin) => ({ ...elements, ...origin }),
      fresh: (scarce) => new FreshNumbers(tree, options.helperPidMin, options.occupiedPids, scarce),
      parts: (elements, parentage, walk) => partsOf(here.tree, here.problem, elements, parentage, walk),
      nested: null,
    };
    const arrangement = arrange(setting);
    let made: ReturnType<Arranged['schedule']> | undefined;
    return {
      deathsMoved: arrangement.deathsMoved,
      leastHelpers: dead + arrangement.parentage.carriers.count,
      schedule: () => {
        if (made !== undefined) return made;
        const schedule = scheduleArranged(setting, arrangement);
        made = typeof schedule === 'string' ? null : here.restored(schedule);
        return made;
      },
    };
  };
}

function asTheyAre(tree: ProcessTree, problem: OriginProblem, origin: Origin): Numbered {
  return { tree, problem, origin, restored: (schedule) => schedule };
}

function elementsOf(tree: ProcessTree, problem: OriginProblem, { creator, phase }: Origin): Elements {
  const { size } = problem;
  const count = creator.length;
  const leads = bytes(count);
  const wanted = int32s(count, ANYBODY);
  const dies = bytes(count);
  for (let e = 0; e < count; e++) {
    if (e > 0 && creator[e]! < 0) continue;
    if (elementLeads(problem, e)) leads[e] = 1;
    if (e >= size || (e > 0 && tree.state[e] === 1)) dies[e] = 1;
  }
  wanted.set(tree.parent);
  return { size, creator, phase, leads, wanted, dies, places: null };
}

function partsOf(
  tree: ProcessTree,
  problem: OriginProblem,
  elements: Elements,
  { carriers }: Parentage,
  walk: OriginWalk,
): Parts {
  const { size } = problem;
  const count = elements.creator.length;
  const birth = carriers.count > 0 ? birthSessions(problem, elements, walk) : null;
  return {
    tools: [],
    castElements: (stage) => {
      const { of } = stage.pid;
      of.set(tree.pid);
      of.set(problem.sessionNumber, size);
      castDeadLeaders(tree, problem, stage);
    },
    sessionOf: (actor) => {
      const h = actor - count;
      const s = sessionOfBirth(problem, birth!, carriers.creator[h]!, carriers.phase[h]!);
      return problem.sessionNumber[s]!;
    },
    canPlay: () => true,
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

/** Birth session of each session's leader. */
function birthSessions(
  problem: OriginProblem,
  { creator, phase }: Elements,
  { preorder }: OriginWalk,
): Int32Array {
  const birth = int32s(problem.sessionCount, -1);
  for (const e of preorder) {
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
