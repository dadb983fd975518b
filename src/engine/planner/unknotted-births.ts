/**
 * Births without knots: of births that are to be tried, those are taken back that would wait for themselves.
 *
 * With them sessions join to clusters as in opening-order.ts. A cluster that has to be open before itself, and a leader
 * that has to be above another one of its own cluster, where it is born beside, would fail the whole proposal.
 * In: the origin problem, and births to be tried, which must not contradict forced ones. Out: the problem with what is left of
 * them, and its requirements; null: nothing is left. A knot that only choices tie is not seen here.
 * Cost: O(n) a round, of which there are at most ROUNDS.
 */

import { PairList } from '../tree/adjacency.ts';
import { setOf } from '../tree/disjoint-sets.ts';
import type { ColumnOf, SessionIndex } from '../tree/index-kinds.ts';
import { bytes, withScratch } from '../tree/scratch.ts';
import { topologicalOrder } from '../tree/topological-order.ts';
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
    const takenBack = withScratch(() => takeBack(tried, problem, clustersOf(problem, birth, hard)));
    if (takenBack === 0) return tried.some((b) => b >= 0) ? { problem, requirements } : null;
  }
  return null;
}

/** Takes back the births of who is in a knot, or beside whom it has to be above; answers how many. */
function takeBack(
  tried: Int32Array,
  { sessionCount }: OriginProblem,
  { link, waiting, beside }: WaitingClusters,
): number {
  const inKnot = onCircles(sessionCount, waiting);
  let takenBack = 0;
  for (let s = 0; s < sessionCount; s++) {
    if (tried[s]! < 0 || !(beside[s] || inKnot[setOf(link, s)])) continue;
    tried[s] = -1;
    takenBack++;
  }
  return takenBack;
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
  const waiting = new PairList(hard.length);
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
  const on = bytes(count);
  on.fill(1);
  for (const rows of [arcs.rows(count), arcs.reversed(count)])
    for (const v of topologicalOrder(count, () => true, [rows])) on[v] = 0;
  return on;
}
