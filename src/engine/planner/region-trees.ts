/**
 * Region trees (theory, step 6): from the order inside each region to an origin tree with few long chains.
 *
 * In: arcs "x comes before y" with a topological order. Out: the origin tree.
 * Every element hangs below the lowest of its predecessors, or directly below the top of its region. Two predecessors
 * on different branches are zipped: one branch goes below the other. Adding ancestors never hurts (theory, lemma L3). Over
 * several pid namespaces, where the first of the one may not be born there, the two are interleaved.
 * Cost: near-linear; whole branches are told apart as disjoint sets, and within a branch the climb ends at the meeting
 * point.
 */

import { setOf } from '../tree/disjoint-sets.ts';
import { bytes, int32s } from '../tree/scratch.ts';
import type { RegionOrder } from './exact-check.ts';
import { AFTER, BEFORE, type Origin } from './origin.ts';
import { elementLeads, type OriginProblem, regionOf, regionTop } from './origin-problem.ts';

export function originFromOrder(problem: OriginProblem, { birth, predecessors, order }: RegionOrder): Origin {
  const elements = problem.size + problem.sessionCount;
  const branches = new Branches(elements, problem.mayBear);
  for (let at = 0; at < order.length; at++) {
    const y = order[at]!;
    let lowest = -1;
    for (let i = predecessors.offset[y]!; i < predecessors.offset[y + 1]!; i++) {
      const x = predecessors.items[i]!;
      lowest = lowest < 0 ? x : branches.lower(lowest, x);
    }
    if (lowest >= 0) branches.hang(y, lowest);
  }

  const creator = int32s(elements, -1);
  const phase = bytes(elements);
  for (let at = 0; at < order.length; at++) {
    const e = order[at]!;
    if (e === 0) continue;
    const above = branches.parent[e]!;
    if (above >= 0) {
      creator[e] = above;
      phase[e] = elementLeads(problem, above) ? BEFORE : AFTER;
      continue;
    }
    const region = regionOf(problem, birth, e);
    creator[e] = regionTop(problem, region);
    phase[e] = problem.rootHasTwoRegions && region === problem.outside ? BEFORE : AFTER;
  }
  return { creator, phase };
}

/** Elements of all regions on their branches; a region's top is not on any branch. */
class Branches {
  readonly parent: Int32Array;
  /** Union-find: towards the topmost element of the branch. */
  private readonly link: Int32Array;
  private readonly visited: Int32Array;
  private visit = 0;

  private readonly mayBear: OriginProblem['mayBear'];

  constructor(elements: number, mayBear: OriginProblem['mayBear']) {
    this.mayBear = mayBear;
    this.parent = int32s(elements, -1);
    this.visited = int32s(elements);
    this.link = int32s(elements);
    for (let e = 0; e < elements; e++) this.link[e] = e;
  }

  hang(e: number, under: number): void {
    this.parent[e] = under;
    this.link[e] = under;
  }

  /** The lower of a and b, brought onto one branch first if they are not. */
  lower(a: number, b: number): number {
    const topA = setOf(this.link, a);
    const topB = setOf(this.link, b);
    if (topA !== topB) {
      if (this.mayBear && !this.mayBear(a, topB)) return this.interleaved(a, b, -1);
      this.hang(topB, a);
      return b;
    }
    return this.lowerOnTree(a, b);
  }

  /** Climbs from both sides in turn to the meeting point. */
  private lowerOnTree(a: number, b: number): number {
    if (a === b) return a;
    const visitA = ++this.visit;
    const visitB = ++this.visit;
    let climberA = a;
    let climberB = b;
    let belowA = -1;
    let belowB = -1;
    this.visited[a] = visitA;
    this.visited[b] = visitB;
    for (;;) {
      if (climberA >= 0) {
        belowA = climberA;
        climberA = this.parent[climberA]!;
        if (climberA >= 0) {
          if (this.visited[climberA] === visitB) return this.zip(a, b, climberA, belowA);
          this.visited[climberA] = visitA;
        }
      }
      if (climberB >= 0) {
        belowB = climberB;
        climberB = this.parent[climberB]!;
        if (climberB >= 0) {
          if (this.visited[climberB] === visitA) return this.zip(b, a, climberB, belowB);
          this.visited[climberB] = visitB;
        }
      }
    }
  }

  /** `climbed` came up to the meeting point by `child`; `other` is at or below that point. */
  private zip(climbed: number, other: number, meeting: number, child: number): number {
    if (meeting === other) return climbed;
    if (this.mayBear && !this.mayBear(other, child)) return this.interleaved(other, climbed, meeting);
    this.parent[child] = other;
    return climbed;
  }

  /** Brings the ways from the meeting point down to a and b onto one, each below who may bear it; the lowest of them. */
  private interleaved(a: number, b: number, meeting: number): number {
    const ways = [this.wayUp(a, meeting), this.wayUp(b, meeting)] as const;
    let lowest = meeting;
    for (;;) {
      const [x, y] = [ways[0].at(-1), ways[1].at(-1)];
      if (x === undefined && y === undefined) return lowest;
      const isSecond = x === undefined || (y !== undefined && !this.mayBear!(x, y) && this.mayBear!(y, x));
      const next = ways[isSecond ? 1 : 0].pop()!;
      this.parent[next] = lowest;
      this.link[next] = lowest < 0 ? next : lowest;
      lowest = next;
    }
  }

  private wayUp(from: number, to: number): number[] {
    const way: number[] = [];
    for (let e = from; e !== to; e = this.parent[e]!) way.push(e);
    return way;
  }
}
