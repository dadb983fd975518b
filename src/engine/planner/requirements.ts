/**
 * Requirements (theory, step 1): what must be above the leader of a session, whatever the history was.
 *
 * In: the origin problem. Out:
 *   births that are forced: on the way from a member of c up to the next member of c, every leader was born in c;
 *   hard requirements (c, x): process x is above the leader of c — x is the first foreign non-leader above a member,
 *     or the parent of the leader itself;
 *   soft pairs (d, c): the leader of d was born in c, or is above the leader of c.
 * Only the lowest pair of a chain of leaders is made: the next one up matters only when the lower leader's birth is
 * committed (opening-order.ts), and is implied otherwise. That keeps the lists linear where k nested leaders stand
 * above members of k foreign sessions.
 * Invariant: no soft pair has a leader whose birth is forced. Cost: O(n). Kernel rules: E7, E8, E10, A1–A3.
 */

import { PairList } from '../tree/adjacency.ts';
import type { SessionIndex } from '../tree/index-kinds.ts';
import { PairTable } from '../tree/number-table.ts';
import { copyOf, int32s, withScratch } from '../tree/scratch.ts';
import { isAtOrAbove, type SubtreeIntervals, subtreeIntervals } from '../tree/subtree-intervals.ts';
import { isLeader, type OriginProblem, regionTop } from './origin-problem.ts';

export interface Requirements {
  /** Forced birth session of each session's leader, −1 if it is not forced. */
  readonly birth: Int32Array;
  /** owner: session c, item: process that must be above the leader of c. */
  readonly hard: PairList;
  /** owner: session c, item: session d. */
  readonly soft: PairList;
}

/** Processes that contradict each other whatever the history was. */
export interface Contradiction {
  readonly contradiction: readonly number[];
}

export function extractRequirements(problem: OriginProblem): Requirements | Contradiction {
  const { size, outside } = problem;
  const birth = problem.knownBirth ? copyOf(problem.knownBirth) : int32s(problem.sessionCount, -1);
  if (problem.rootHasTwoRegions) {
    birth[outside] = 0;
    birth[problem.rootSession] = 0;
  }
  // Nobody has more than one pair of a kind, and a soft one may become a hard one: lists that outlast what is counted with do not grow.
  const hard = new PairList(2 * size);
  const soft = new PairList(size);
  const contradiction = withScratch(() => requireAbove(problem, birth, hard, soft));
  return contradiction ?? { birth, hard, soft: softOfFreeBirths(problem, birth, hard, soft) };
}

/** Fills in births that are forced, and the pairs. */
function requireAbove(
  problem: OriginProblem,
  birth: Int32Array,
  hard: PairList,
  soft: PairList,
): Contradiction | null {
  const { size, parent, session, leader, outside } = problem;
  const chains = leaderChains(problem);
  const seenHard = new PairTable(problem.sessionCount);
  const seenSoft = new PairTable(problem.sessionCount);
  for (let q = 1; q < size; q++) {
    const p = parent[q]!;
    const own = session[q]!;
    const leads = leader[own] === q;
    // Over several pid namespaces whoever leads counts as a member of the session that it was born in for certain.
    const c = leads && problem.mayBear && problem.knownBirth ? problem.knownBirth[own]! : own;
    if (leads && (c < 0 || c === own)) {
      if (p !== 0) hard.push(own, p);
      continue;
    }
    if (leads && p === 0) continue;
    if (session[p] === c) continue;
    const end = chains.end[p]!;
    const l = leader[c]!;
    const memberAtEnd = session[end] === c || (end === 0 && c === outside);
    const leaderOnChain =
      l >= 0 && chains.depth[l]! > chains.depth[end]! && isAtOrAbove(chains.intervals, l, p);
    if (memberAtEnd || leaderOnChain) {
      const stop = leaderOnChain ? l : end;
      for (let x = p; x !== stop; x = parent[x]!) {
        const d = session[x]!;
        if (birth[d] === c) break;
        if (birth[d]! >= 0) return { contradiction: [x, q] };
        birth[d] = c;
      }
      continue;
    }
    if (end !== 0 && seenHard.add(end, c)) hard.push(c, end);
    if (p !== end && seenSoft.add(p, c)) soft.push(c, session[p]!);
  }
  return null;
}

/** A leader born elsewhere for certain must be above: its pair becomes a hard requirement. */
function softOfFreeBirths(
  problem: OriginProblem,
  birth: Int32Array,
  hard: PairList,
  soft: PairList,
): PairList {
  const open = new PairList(soft.length);
  for (let i = 0; i < soft.length; i++) {
    const c = soft.owner[i]!;
    const d = soft.item[i]!;
    if (birth[d]! < 0 && mayBeBornIn(problem, d, c)) open.push(c, d);
    else if (birth[d] !== c) hard.push(c, problem.leader[d]!);
  }
  return open;
}

/** May the leader of session d be born in session c, as far as pid namespaces go? */
export function mayBeBornIn(problem: OriginProblem, d: SessionIndex, c: SessionIndex): boolean {
  return !problem.mayBear || problem.mayBear(regionTop(problem, c), problem.leader[d]!);
}

interface LeaderChains {
  /** The nearest process at or above v that leads nothing, or the root. */
  readonly end: Int32Array;
  readonly depth: Int32Array;
  readonly intervals: SubtreeIntervals;
}

/** Where the walk up past leaders ends, and who is above whom by wanted parents. */
function leaderChains(problem: OriginProblem): LeaderChains {
  const { size, parent } = problem;
  const end = int32s(size);
  const depth = int32s(size);
  for (let i = 1; i < size; i++) {
    end[i] = isLeader(problem, i) ? end[parent[i]!]! : i;
    depth[i] = depth[parent[i]!]! + 1;
  }
  return { end, depth, intervals: subtreeIntervals(parent) };
}
