/**
 * The origin problem (theory, section 2.1 and step 0): wanted parents and sessions, nothing else.
 *
 * In: for each process its wanted parent and its session number. Processes are 0 .. size − 1, parents before
 * children, the root is 0; what hangs from outside the image counts as a child of the root here, because neither the
 * root nor an init outside can ever be above the wrong process (theory, corollaries of theorem 1).
 * Out: sessions with their leaders, and the ids of elements: process i is element i, the dead leader of session s is
 * element size + s.
 * Invariant: session 0 is the region tree's root. Cost: O(n). Kernel rules: E5–E10, section 5.
 *
 * | root                                | session 0                        | outside session  | root's own session |
 * |-------------------------------------|----------------------------------|------------------|--------------------|
 * | leads, nobody is outside            | the root's own                   | none             | 0                  |
 * | is in the outside session           | the outside session              | 0                | none               |
 * | leads while the outside is in use   | joins the two below, no members  | 1                | 2                  |
 */

import type { ColumnOf, ElementIndex, ProcessIndex, SessionIndex } from '../tree/index-kinds.ts';
import { NumberTable } from '../tree/number-table.ts';
import { int32s, withScratch } from '../tree/scratch.ts';

export const DEAD = -1;
export const LED_OUTSIDE = -2;
export const NO_LEADER = -3;

export interface OriginProblem {
  readonly size: number;
  /** Wanted parent, −1 for the root. */
  readonly parent: ColumnOf<ProcessIndex>;
  readonly sessionCount: number;
  /** Session of a process. */
  readonly session: ColumnOf<SessionIndex>;
  /** Process that leads a session, or DEAD, LED_OUTSIDE, NO_LEADER. */
  readonly leader: ColumnOf<ProcessIndex>;
  /** sid. */
  readonly sessionNumber: Int32Array;
  /** The outside session, −1 if unused. */
  readonly outside: SessionIndex;
  /** The session that the root leads, −1 if it leads none. */
  readonly rootSession: SessionIndex;
  /** True where the root leads a session while the outside session is in use: then its before phase is a place. */
  readonly rootHasTwoRegions: boolean;
  /** Birth sessions that are known beforehand, −1 elsewhere. Null: none is. */
  readonly knownBirth: ColumnOf<SessionIndex> | null;
  /** May element o be the creator of element e? Null: anybody may, there is one pid namespace. */
  readonly mayBear: ((o: ElementIndex, e: ElementIndex) => boolean) | null;
}

/** Null: the root is neither in the outside session nor a leader (rule V2). `sid` 0 is the outside session. */
export function originProblem(
  size: number,
  parent: Int32Array,
  pid: Int32Array,
  sid: Int32Array,
): OriginProblem | null {
  const leaders = new NumberTable(64);
  for (let i = 0; i < size; i++) if (sid[i] !== 0 && sid[i] === pid[i]) leaders.set(sid[i]!, i);
  const dead = new NumberTable(64);
  const leaderOf = int32s(size, -1);
  for (let i = 0; i < size; i++) {
    const number = sid[i]!;
    if (number === 0) continue;
    const leader = leaders.get(number);
    if (leader < 0 && !dead.has(number)) dead.set(number, dead.size);
    leaderOf[i] = leader >= 0 ? leader : -2 - dead.get(number);
  }
  return problemOfLeaders(parent, leaderOf, dead.size, sid);
}

/**
 * The same where it is known who leads: `leaderOf` is the process that leads a process's session, −1 for the outside
 * session, −2 − d for dead leader d of `dead`. Sessions have the number that their members have in `sid`, or 1 + leader, or
 * 1 + size + d; the outside session has 0.
 */
export function problemOfLeaders(
  parent: Int32Array,
  leaderOf: Int32Array,
  dead: number,
  sid: Int32Array | null = null,
): OriginProblem | null {
  const size = parent.length;
  const outsideInUse = leaderOf.includes(-1);
  const rootLeads = leaderOf[0] === 0;
  if (!rootLeads && leaderOf[0] !== -1) return null;
  const rootHasTwoRegions = rootLeads && outsideInUse;
  const outside = outsideInUse ? Number(rootHasTwoRegions) : -1;
  const session = int32s(size);
  const sessionCount = withScratch(() => {
    let count = outside + 1;
    const opened = int32s(size + dead, -1);
    for (let i = 0; i < size; i++) {
      const l = leaderOf[i]!;
      const row = l >= 0 ? l : size - 2 - l;
      if (i > 0 && leaderOf[parent[i]!] === l) session[i] = session[parent[i]!]!;
      else if (l === -1) session[i] = outside;
      else {
        if (opened[row]! < 0) opened[row] = count++;
        session[i] = opened[row]!;
      }
    }
    return count;
  });
  const leader = int32s(sessionCount, DEAD);
  const sessionNumber = int32s(sessionCount);
  for (let i = 0, last = outside; i < size; i++) {
    if (session[i]! <= last) continue;
    last = session[i]!;
    const l = leaderOf[i]!;
    sessionNumber[last] = sid ? sid[i]! : l >= 0 ? l + 1 : size - 1 - l;
    if (l >= 0) leader[last] = l;
  }
  if (rootHasTwoRegions) {
    leader[0] = NO_LEADER;
    sessionNumber[0] = -1;
  }
  if (outside >= 0) leader[outside] = LED_OUTSIDE;
  return {
    size,
    parent,
    sessionCount,
    session,
    leader,
    sessionNumber,
    outside,
    rootSession: rootLeads ? session[0]! : -1,
    rootHasTwoRegions,
    knownBirth: null,
    mayBear: null,
  };
}

/** Is id e in use: a process, or the dead leader of a session? */
export function isElement(problem: OriginProblem, e: ElementIndex): boolean {
  return e < problem.size || problem.leader[e - problem.size] === DEAD;
}

/** Dead leaders, each of whom is a helper in every plan. */
export function deadLeaders({ sessionCount, leader }: OriginProblem): number {
  let dead = 0;
  for (let s = 0; s < sessionCount; s++) if (leader[s] === DEAD) dead++;
  return dead;
}

/** Does process v lead its session? */
export function isLeader(problem: OriginProblem, v: ProcessIndex): boolean {
  return problem.leader[problem.session[v]!] === v;
}

/** Does element e lead a session, as a process or as a dead leader? */
export function elementLeads(problem: OriginProblem, e: ElementIndex): boolean {
  return e >= problem.size || problem.leader[problem.session[e]!] === e;
}

/** The element that leads session s. */
export function leaderElement(problem: OriginProblem, s: SessionIndex): ElementIndex {
  const leader = problem.leader[s]!;
  return leader >= 0 ? leader : problem.size + s;
}

/** The session that element e leads, or is in if it leads none. */
export function elementSession(problem: OriginProblem, e: ElementIndex): SessionIndex {
  return e >= problem.size ? e - problem.size : problem.session[e]!;
}

/** The region that element e sits in; −1 where e leads and its birth session is not known. */
export function regionOf(
  problem: OriginProblem,
  birth: ColumnOf<SessionIndex>,
  e: ElementIndex,
): SessionIndex {
  if (e >= problem.size) return birth[e - problem.size]!;
  const s = problem.session[e]!;
  return problem.leader[s] === e ? birth[s]! : s;
}

/** Is the region of session s one of the root's, so that its top is the root? */
export function isRootRegion(problem: OriginProblem, s: SessionIndex): boolean {
  return s === 0 || s === problem.outside || s === problem.rootSession;
}

/** The element above all others of region s. */
export function regionTop(problem: OriginProblem, s: SessionIndex): ElementIndex {
  return isRootRegion(problem, s) ? 0 : leaderElement(problem, s);
}
