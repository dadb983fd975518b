/**
 * Parents inside (theory, section 10, exchange of births, for trees of any size): leaders that are born in the session
 * of those whose parents they are, and bear them before their own setsid.
 *
 * Whoever is parent of a member of session c, without being in it at the end, was in c once, or is above the leader of c.
 * A dead leader has its place below one such parent, and hands its orphans to one other; each further one above it takes
 * a carrier, whereas a parent that was born in c takes none. The orphans of a living leader fall to nobody in particular, so
 * that each parent above it takes one; inside, a parent that is to hang where the leader hangs takes none.
 * Sessions and such parents, joined where a session has a member of that parent, are mostly a forest. Each of its trees is
 * gone through from one session on: a parent is born in the session that it was come to from, and is above all others.
 * In: the origin problem. Out: the same with births that are to be tried; null: nothing is to be gained. What is proposed
 * with them passes the exact check like any other births.
 * Cost: O(n); where something is to be gained, O(n + m log m) and what unknotted-births.ts takes.
 */

import { PairList, type Rows } from '../tree/adjacency.ts';
import { PairTable } from '../tree/number-table.ts';
import { bytes, int32s } from '../tree/scratch.ts';
import { DEAD, isLeader, isRootRegion, type OriginProblem } from './origin-problem.ts';
import { extractRequirements, mayBeBornIn } from './requirements.ts';
import { type TriedBirths, unknottedBirths } from './unknotted-births.ts';

/** Parents that a dead leader serves without a carrier. */
const SERVED = 2;

export function withParentsInside(problem: OriginProblem): TriedBirths | null {
  if (!mayGainInside(problem)) return null;
  const requirements = extractRequirements(problem);
  if ('contradiction' in requirements) return null;
  const births = new InsideBirths(problem, requirements.birth);
  return births.chosen() ? unknottedBirths(problem, births.inside) : null;
}

/** Is there a session whose members have several parents elsewhere, or one that could come in for nothing? */
export function mayGainInside(problem: OriginProblem): boolean {
  const { size, parent, session, sessionCount, leader } = problem;
  const firstParent = int32s(sessionCount, -1);
  for (let q = 1; q < size; q++) {
    const c = session[q]!;
    const p = parent[q]!;
    if (p === 0 || session[p] === c || leader[c] === q || isRootRegion(problem, c)) continue;
    if (leader[c] !== DEAD) {
      if (isLeader(problem, p) && hangsWithLeader(problem, c, p)) return true;
    } else if (firstParent[c]! < 0) firstParent[c] = p;
    else if (firstParent[c] !== p) return true;
  }
  return false;
}

/** Is p to hang where the living leader of session c hangs? Who hangs from that leader was born in c for certain. */
function hangsWithLeader({ parent, leader }: OriginProblem, c: number, p: number): boolean {
  return parent[p] === parent[leader[c]!];
}

class InsideBirths {
  /** Birth session of a leader that is to be tried, by the session that it leads; −1: none. */
  readonly inside: Int32Array;
  private readonly problem: OriginProblem;
  private readonly forced: Int32Array;
  /** Row c: parents of members of session c that are in another one. Row p: those sessions. */
  private readonly parents: Rows;
  private readonly sessions: Rows;
  private readonly seen: Uint8Array;

  constructor(problem: OriginProblem, forced: Int32Array) {
    const { size, sessionCount } = problem;
    const pairs = parentsElsewhere(problem);
    this.problem = problem;
    this.forced = forced;
    this.parents = pairs.rows(sessionCount);
    this.sessions = pairs.reversed(size);
    this.inside = int32s(sessionCount, -1);
    this.seen = bytes(sessionCount);
  }

  /** Chooses; false if there is nothing to choose. */
  chosen(): boolean {
    const gains: { session: number; gain: number }[] = [];
    for (let c = 0; c < this.problem.sessionCount; c++) {
      const gain = this.gainAt(c);
      if (gain > 0) gains.push({ session: c, gain });
    }
    gains.sort((a, b) => b.gain - a.gain || a.session - b.session);
    let any = false;
    for (const { session } of gains) if (!this.seen[session] && this.chooseFrom(session)) any = true;
    return any;
  }

  /** Living leaders first, whose sessions can have no parent above for nothing. */
  private gainAt(c: number): number {
    const { problem, parents } = this;
    const count = parents.offset[c + 1]! - parents.offset[c]!;
    if (problem.leader[c] === DEAD) return Math.max(0, count - SERVED);
    let fitting = 0;
    for (let i = parents.offset[c]!; i < parents.offset[c + 1]!; i++)
      if (this.comesFree(c, parents.items[i]!)) fitting++;
    return fitting > 0 ? fitting + problem.size : 0;
  }

  private comesFree(c: number, p: number): boolean {
    if (!this.isFree(p) || !mayBeBornIn(this.problem, this.problem.session[p]!, c)) return false;
    if (this.problem.leader[c] !== DEAD) return hangsWithLeader(this.problem, c, p);
    return this.parents.offset[c + 1]! - this.parents.offset[c]! > SERVED;
  }

  /** A leader whose birth is not forced. */
  private isFree(p: number): boolean {
    const { problem } = this;
    if (p === 0 || !isLeader(problem, p)) return false;
    return this.forced[problem.session[p]!]! < 0 && !isRootRegion(problem, problem.session[p]!);
  }

  private chooseFrom(first: number): boolean {
    const { parents, sessions, seen, inside } = this;
    const { session } = this.problem;
    const queue = [first];
    seen[first] = 1;
    let any = false;
    for (let head = 0; head < queue.length; head++) {
      const c = queue[head]!;
      for (let i = parents.offset[c]!; i < parents.offset[c + 1]!; i++) {
        const p = parents.items[i]!;
        if (!this.isFree(p)) continue;
        if (inside[session[p]!]! < 0 && this.comesFree(c, p)) {
          inside[session[p]!] = c;
          any = true;
        }
        for (let k = sessions.offset[p]!; k < sessions.offset[p + 1]!; k++) {
          const next = sessions.items[k]!;
          if (seen[next]) continue;
          seen[next] = 1;
          queue.push(next);
        }
      }
    }
    return any;
  }
}

/** owner: session c, item: a parent of a member of c that is in another session; each pair once. */
function parentsElsewhere(problem: OriginProblem): PairList {
  const { size, parent, session, leader } = problem;
  const pairs = new PairList(size);
  const seen = new PairTable(problem.sessionCount);
  for (let q = 1; q < size; q++) {
    const c = session[q]!;
    const p = parent[q]!;
    if (session[p] === c || leader[c] === q || isRootRegion(problem, c)) continue;
    if (seen.add(c, p)) pairs.push(c, p);
  }
  return pairs;
}
