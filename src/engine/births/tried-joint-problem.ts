/**
 * Joint problem with births of inits that are tried: an init bears the members, below it, of the session that it is born in,
 * so that no tools are brought in for them.
 *
 * An init can be in one group only that nobody can set it into. Of the members that need such a group it bears those of the
 * one that most of them need; for the others tools are brought in as before.
 * In: a nested tree, its birth problem and boundary births, births that are known, births of inits that are tried. Out: the
 * problem, and the births that are left, without those that contradict what is known; null: none is left. Whether that leads
 * to the tree, and is cheaper, shows by the schedule.
 * Cost: that of a joint problem, once more for each birth that contradicts, at most TRIES times. Kernel rules: F18-F20, A17.
 */

import { spend, type WorkBudget } from '../plan/work-budget.ts';
import type { BoundaryBirths } from '../planner/nested/boundary-births.ts';
import { certainClasses } from '../planner/nested/certain-classes.ts';
import { FREE, mustInherit } from '../planner/nested/group-classes.ts';
import type { NestedTree } from '../planner/nested/nested-tree.ts';
import type { TriedBirth } from '../planner/nested/tried-init-births.ts';
import { isLeader, type OriginProblem } from '../planner/origin-problem.ts';
import type { ColumnOf, GroupIndex, ProcessIndex, SessionIndex } from '../tree/index-kinds.ts';
import type { BirthProblem } from './birth-problem.ts';
import { jointProblem } from './joint-problem.ts';

const TRIES = 16;
/** Passes over its processes that a joint problem takes. */
const JOINT_PASSES = 4;

export interface TriedJointProblem {
  readonly problem: OriginProblem;
  readonly tried: readonly TriedBirth[];
}

/** @param sessions by a session of the nested tree the one of the problem */
export function triedJointProblem(
  nested: NestedTree,
  births: BirthProblem,
  boundary: BoundaryBirths,
  known: ColumnOf<SessionIndex>,
  sessions: ReadonlyMap<number, SessionIndex>,
  all: readonly TriedBirth[],
  budget: WorkBudget,
): TriedJointProblem | null {
  let tried = all;
  for (let tries = 0; tries < TRIES && tried.length > 0; tries++) {
    if (!spend(budget, JOINT_PASSES * births.size)) return null;
    const birth = known.slice();
    for (const { init, session } of tried) birth[births.session[init]!] = sessions.get(session) ?? -1;
    const joint = jointProblem(nested, births, boundary, birth);
    if (!('contradiction' in joint)) {
      const parent = withMembersBelowInits(nested, boundary, joint.problem, tried);
      return parent && { problem: { ...joint.problem, parent }, tried };
    }
    const { contradiction } = joint;
    const left = tried.filter(({ init }) => !contradiction.includes(init));
    if (left.length === tried.length) return null;
    tried = left;
  }
  return null;
}

/** Parents of the problem. Null: some group that must be had from birth cannot be. */
function withMembersBelowInits(
  nested: NestedTree,
  boundary: BoundaryBirths,
  problem: OriginProblem,
  tried: readonly TriedBirth[],
): ColumnOf<ProcessIndex> | null {
  const of = boundary.of.slice();
  for (const { init, session } of tried) of[init] = session;
  const births = { ...boundary, of };
  const needed = certainClasses(nested, births);
  if ('text' in needed) return null;
  const parent = problem.parent.slice();
  const { namespace } = nested.tree;
  const members = membersBelow(nested, problem, tried);
  // An inner init hands what it brings in to an outer one.
  for (const init of [...members.keys()].sort((a, b) => namespace[b]! - namespace[a]!)) {
    const isFree = (q: ProcessIndex): boolean =>
      needed[q] === FREE || !mustInherit(nested, births, init, needed[q]!);
    const below = members.get(init)!;
    const group = mostOften(below.filter((q) => !isFree(q)).map((q) => needed[q]!));
    for (const q of below) if (isFree(q) || needed[q] === group) parent[q] = init;
    if (group !== FREE) needed[init] = group;
  }
  return parent;
}

/** By init the processes that it is parent of, if nobody else has to be above them, born in the session that it is tried in. */
function membersBelow(
  nested: NestedTree,
  problem: OriginProblem,
  tried: readonly TriedBirth[],
): Map<ProcessIndex, ProcessIndex[]> {
  const { size, parent, session } = problem;
  const birth = (leader: ProcessIndex): SessionIndex => problem.knownBirth?.[session[leader]!] ?? -1;
  const members = new Map<ProcessIndex, ProcessIndex[]>(tried.map(({ init }) => [init, []]));
  for (let q = 1; q < size; q++) {
    const init = nested.parent[q]!;
    if (parent[q] !== 0 || !members.has(init)) continue;
    const own = isLeader(problem, q) ? birth(q) : session[q]!;
    if (own >= 0 && own === birth(init)) members.get(init)!.push(q);
  }
  return members;
}

function mostOften(groups: readonly GroupIndex[]): GroupIndex {
  const counts = new Map<GroupIndex, number>();
  let most: GroupIndex = FREE;
  for (const g of groups) {
    counts.set(g, (counts.get(g) ?? 0) + 1);
    if (counts.get(g)! > (counts.get(most) ?? 0)) most = g;
  }
  return most;
}
