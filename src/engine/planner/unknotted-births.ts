/**
 * Births without knots: of births that are to be tried, those are taken back that would wait for themselves.
 *
 * With them sessions join to clusters as in opening-order.ts. A cluster that has to be open before itself, and a leader
 * that has to be above another one of its own cluster, where it is born beside, would fail the whole proposal.
 * In: the origin problem, and births to be tried, which must not contradict forced ones. Out: the problem with what is left of
 * them, and its requirements; null: nothing is left. A knot that only choices tie is not seen here.
 * Cost: O(n) a round, of which there are at most ROUNDS.
 */

import { PairList, type Rows } from '../tree/adjacency.ts';
import { setOf } from '../tree/disjoint-sets.ts';
import type { ColumnOf, SessionIndex } from '../tree/index-kinds.ts';
import { bytes, int32s } from '../tree/scratch.ts';
import { cyclicBirths } from './cyclic-births.ts';
import { isLeader, type OriginProblem } from './origin-problem.ts';
import { extractRequirements, type Requirements } from './requirements.ts';
import { SessionTree } from './session-tree.ts';

const ROUNDS = 6;

export interface TriedBirths {
  /** Its known births are those that are tried. */
  readonly problem: OriginProblem;
  readonly requirements: Requirements;
}

export function unknottedBirths(origin: OriginProblem, tried: Int32Array): TriedBirths | null {
  const certain = origin.knownBirth;
  for (let round = 0; round < ROUNDS; round++) {
    const knownBirth: ColumnOf<SessionIndex> = certain
      ? tried.map((b, s) => (b < 0 ? certain[s]! : b))
      : tried;
    const problem = { ...origin, knownBirth };
    const requirements = extractRequirements(problem);
    if ('contradiction' in requirements) return null;
    const { birth, hard } = requirements;
    if (cyclicBirths(problem, birth).length > 0) return null;
    const { link, waiting, beside } = clustersOf(problem, birth, hard);
    const inKnot = onCircles(problem.sessionCount, waiting);
    let takenBack = 0;
    for (let s = 0; s < problem.sessionCount; s++) {
      if (tried[s]! < 0 || !(beside[s] || inKnot[setOf(link, s)])) continue;
      tried[s] = -1;
      takenBack++;
    }
    if (takenBack === 0) return tried.some((b) => b >= 0) ? { problem, requirements } : null;
  }
  return null;
}

interface WaitingClusters {
  /** Disjoint sets of sessions. */
  readonly link: Int32Array;
  /** owner: a cluster, item: one that it has to be open before. */
  readonly waiting: PairList;
  /** 1: a session whose leader has to be above another, or that one's, and is born beside it. */
  readonly beside: Uint8Array;
}

function clustersOf(problem: OriginProblem, birth: Int32Array, hard: PairList): WaitingClusters {
  const { session, sessionCount } = problem;
  const sessions = new SessionTree(birth);
  const link = birth.map((b, s) => (b >= 0 ? b : s));
  const waiting = new PairList();
  const beside = bytes(sessionCount);
  for (let i = 0; i < hard.length; i++) {
    const c = hard.owner[i]!;
    const x = hard.item[i]!;
    const d = session[x]!;
    const from = setOf(link, d);
    const to = setOf(link, c);
    if (from !== to) waiting.push(from, to);
    else if (isLeader(problem, x) && !(d !== c && sessions.isAbove(d, c))) {
      if (birth[d]! < 0 || !sessions.isAbove(birth[d]!, c)) beside[d] = beside[c] = 1;
    }
  }
  return { link, waiting, beside };
}

/** 1: on a circle, or on a way from one to another. */
function onCircles(count: number, arcs: PairList): Uint8Array {
  const left = bytes(count);
  left.fill(1);
  const [ahead, back] = [arcs.rows(count), arcs.reversed(count)];
  peel(left, ahead, back);
  peel(left, back, ahead);
  return left;
}

/** Takes away, one after the other, what nothing that is left leads to. */
function peel(left: Uint8Array, ahead: Rows, back: Rows): void {
  const arriving = int32s(left.length);
  const queue = int32s(left.length);
  let tail = 0;
  for (let v = 0; v < left.length; v++) {
    if (!left[v]) continue;
    for (let i = back.offset[v]!; i < back.offset[v + 1]!; i++) arriving[v]! += left[back.items[i]!]!;
    if (arriving[v] === 0) queue[tail++] = v;
  }
  for (let head = 0; head < tail; head++) {
    const v = queue[head]!;
    left[v] = 0;
    for (let i = ahead.offset[v]!; i < ahead.offset[v + 1]!; i++) {
      const w = ahead.items[i]!;
      if (left[w] && --arriving[w]! === 0) queue[tail++] = w;
    }
  }
}
