/**
 * The tied part: the processes whose births the wanted parents of others have a say in.
 *
 * Whoever is in its parent's session, or a child of the root, requires nothing but what its session does; and a leader whose
 * session all of this kind are in requires its parent alone. Where that is so of everybody below such a process too, it is
 * loose: it is born of its parent, in whatever session that is in by then, and nobody else's birth depends on it. Leaders
 * that have to be above each other in a circle, because each one's parent is in the next one's session, are tied.
 * In: the origin problem. Out: the problem without loose processes and their sessions, and from births in it those of the
 * whole. The whole carries its parents exactly if the part does: it is the whole with processes deleted (theory, theorem
 * 2), and what is loose has its place below each origin of the part.
 * Invariant: ancestors of whoever is tied are tied, and so are leaders of sessions that have somebody tied; indexes keep their
 * order; of the children of the root in a session there is one if there are any.
 * Cost: O(n).
 */

import { bytes, int32s } from '../tree/scratch.ts';
import { cyclicBirths } from './cyclic-births.ts';
import { DEAD, isRootRegion, type OriginProblem } from './origin-problem.ts';

export interface TiedPart {
  readonly problem: OriginProblem;
  /** By index in the part the one in the whole, of processes and of sessions. */
  readonly was: Int32Array;
  readonly wasSession: Int32Array;
}

/** Elements up to which births are searched for among everybody. */
const FEW = 300;

/** Null: it is not large, it spans several pid namespaces, it has births that are known beforehand, or most processes are tied. */
export function tiedPartOfLarge(whole: OriginProblem): TiedPart | null {
  const isLarge = whole.size + whole.sessionCount > FEW;
  return isLarge && !whole.mayBear && !whole.knownBirth ? tiedPart(whole, whole.size / 2) : null;
}

/**
 * For problems of one pid namespace without births that are known beforehand. Null: more than `most` processes are tied.
 */
export function tiedPart(whole: OriginProblem, most: number): TiedPart | null {
  const { size, sessionCount, parent, session, leader, sessionNumber } = whole;
  const tied = new TiedProcesses(whole, most);
  if (tied.count > most) return null;
  const { isSession } = tied;
  const now = int32s(sessionCount, -1);
  let sessions = 0;
  for (let s = 0; s < sessionCount; s++) if (isSession[s]) now[s] = sessions++;
  const is = int32s(size);
  const was = int32s(tied.count);
  const partOf = {
    parent: int32s(tied.count, -1),
    session: int32s(tied.count),
    leader: int32s(sessions, DEAD),
    sessionNumber: int32s(sessions),
  };
  let count = 0;
  for (let v = 0; v < size; v++) {
    if (!tied.is[v]) continue;
    if (v > 0) partOf.parent[count] = is[parent[v]!]!;
    partOf.session[count] = now[session[v]!]!;
    was[count] = v;
    is[v] = count++;
  }
  const wasSession = int32s(sessions);
  for (let s = 0; s < sessionCount; s++) {
    const row = now[s]!;
    if (row < 0) continue;
    wasSession[row] = s;
    partOf.leader[row] = leader[s]! >= 0 ? is[leader[s]!]! : leader[s]!;
    partOf.sessionNumber[row] = sessionNumber[s]!;
  }
  return { problem: { ...whole, size: count, sessionCount: sessions, ...partOf }, was, wasSession };
}

/** Births of the whole from those of its tied part. */
export function birthsOfWhole(
  { parent, session, sessionCount, leader }: OriginProblem,
  { wasSession }: TiedPart,
  births: Int32Array,
): Int32Array {
  const whole = int32s(sessionCount);
  for (let s = 0; s < sessionCount; s++)
    whole[s] = leader[s]! > 0 ? session[parent[leader[s]!]!]! : session[0]!;
  for (let s = 0; s < wasSession.length; s++)
    whole[wasSession[s]!] = births[s]! < 0 ? -1 : wasSession[births[s]!]!;
  return whole;
}

/** By session that of its living leader's parent, whose leader is above it then; −1 where it leads none or is the root. */
function sessionsOfParents({ sessionCount, parent, session, leader }: OriginProblem): Int32Array {
  const above = int32s(sessionCount, -1);
  for (let s = 0; s < sessionCount; s++) if (leader[s]! > 0) above[s] = session[parent[leader[s]!]!]!;
  return above;
}

class TiedProcesses {
  readonly is: Uint8Array;
  readonly isSession: Uint8Array;
  count = 0;
  private readonly problem: OriginProblem;
  private readonly stack: number[] = [];

  /** @param most where there are more, not all are found */
  constructor(problem: OriginProblem, most: number) {
    const { size, sessionCount, parent, session, leader } = problem;
    this.problem = problem;
    this.is = bytes(size);
    this.isSession = bytes(sessionCount);
    for (let s = 0; s < sessionCount && s < 3; s++) if (isRootRegion(problem, s)) this.isSession[s] = 1;
    this.tie(0);
    for (let q = 1; q < size && this.count <= most; q++) {
      const c = session[q]!;
      const p = parent[q]!;
      if (p !== 0 && session[p] !== c && leader[c] !== q) this.tie(q);
    }
    if (this.count > most) return;
    for (const l of cyclicBirths(problem, sessionsOfParents(problem))) this.tie(l);
    const hasOne = bytes(sessionCount);
    for (let q = 1; q < size; q++) {
      const c = session[q]!;
      if (parent[q] !== 0 || leader[c] === q || hasOne[c] || !this.isSession[c]) continue;
      hasOne[c] = 1;
      this.tie(q);
    }
  }

  /** With its ancestors, the leaders of their sessions, and so on. */
  private tie(process: number): void {
    const { is, isSession, stack } = this;
    const { parent, session, leader } = this.problem;
    stack.push(process);
    for (let v = stack.pop(); v !== undefined; v = stack.pop()) {
      for (; v >= 0 && !is[v]; v = parent[v]!) {
        is[v] = 1;
        this.count++;
        const c = session[v]!;
        if (isSession[c]) continue;
        isSession[c] = 1;
        if (leader[c]! >= 0) stack.push(leader[c]!);
      }
    }
  }
}
