/**
 * Cast: the numbers of everybody who plays in the plan, and in which session each carrier lives.
 *
 * In: parentage, groups, births. Out: the pid of every element and carrier, and the roster of helpers.
 * A dead leader has its own number (D4). A carrier that lives in the session of a dead group takes that group's number
 * and so saves the group a helper (theory, section 10, R4); any other gets a fresh number.
 * Cost: O(elements + carriers + groups).
 */

import { NumberTable } from '../../tree/number-table.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';
import { int32s } from '../../tree/scratch.ts';
import { regionOf } from '../exact-check.ts';
import { BEFORE } from '../origin.ts';
import { DEAD, elementLeads, elementSession, type OriginProblem } from '../origin-problem.ts';
import type { FreshNumbers } from './fresh-numbers.ts';
import type { Groups } from './groups.ts';
import { HelperRoster } from './helper-roster.ts';
import type { Parentage } from './parentage.ts';

export interface Cast {
  /** pid of an element. */
  readonly pidOf: (element: number) => number;
  /** pid of a carrier. */
  readonly carrierPid: Int32Array;
  /** Carriers that hold no group's number, by the sid of the session they live in. */
  readonly spareCarriers: SpareCarriers;
  /** Dead groups whose number a carrier has. */
  readonly carriedGroups: NumberTable;
  readonly roster: HelperRoster;
}

export class SpareCarriers {
  private readonly bySession = new Map<number, number[]>();

  add(sid: number, carrier: number): void {
    const carriers = this.bySession.get(sid);
    if (carriers) carriers.push(carrier);
    else this.bySession.set(sid, [carrier]);
  }

  /** A carrier that lives in session `sid`, which is then spare no more; −1 if there is none. */
  take(sid: number): number {
    return this.bySession.get(sid)?.pop() ?? -1;
  }
}

/** Null: no number is left for a helper. */
export function castPlan(
  tree: ProcessTree,
  problem: OriginProblem,
  birth: Int32Array,
  parentage: Parentage,
  groups: Groups,
  fresh: FreshNumbers,
): Cast | null {
  const { size } = problem;
  const { carriers } = parentage;
  const roster = new HelperRoster();
  const pidOf = (e: number): number => (e < size ? tree.pid[e]! : problem.sessionNumber[e - size]!);
  castDeadLeaders(tree, problem, roster);

  const spareCarriers = new SpareCarriers();
  for (let h = carriers.count - 1; h >= 0; h--) {
    const s = sessionOfBirth(problem, birth, carriers.creator[h]!, carriers.phase[h]!);
    spareCarriers.add(problem.sessionNumber[s]!, h);
  }

  const carrierPid = int32s(carriers.count);
  const carrierRow = int32s(carriers.count, -1);
  const carriedGroups = new NumberTable(16);
  for (let g = 0; g < groups.count && carriers.count > 0; g++) {
    if (groups.owner[g]! >= 0 || groups.existsAtBirth[g]) continue;
    const first = groups.members.items[groups.members.offset[g]!]!;
    const h = spareCarriers.take(tree.sid[first]!);
    if (h < 0) continue;
    const number = groups.number[g]!;
    carrierPid[h] = number;
    carriedGroups.set(number, h);
    carrierRow[h] = roster.add(number, 'group-leader');
    for (let i = groups.members.offset[g]!; i < groups.members.offset[g + 1]!; i++) {
      roster.serve(carrierRow[h]!, tree.pid[groups.members.items[i]!]!);
    }
  }
  for (let h = 0; h < carriers.count; h++) {
    if (carrierPid[h] !== 0) continue;
    const number = fresh.take();
    if (number === 0) return null;
    carrierPid[h] = number;
    carrierRow[h] = roster.add(number, 'carrier');
  }
  for (let e = 1; e < size; e++) {
    const h = parentage.carrierOf[e]!;
    if (h >= 0) roster.serve(carrierRow[h]!, tree.pid[e]!);
  }
  return { pidOf, carrierPid, spareCarriers, carriedGroups, roster };
}

function castDeadLeaders(tree: ProcessTree, problem: OriginProblem, roster: HelperRoster): void {
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

/** The session that whoever `creator` makes in this phase is born in. */
function sessionOfBirth(problem: OriginProblem, birth: Int32Array, creator: number, phase: number): number {
  if (phase !== BEFORE || !elementLeads(problem, creator)) return elementSession(problem, creator);
  return creator === 0 ? problem.outside : regionOf(problem, birth, creator);
}
