/**
 * Origin draft: the tree of births while it is being proposed (theory, step 3, `merge`).
 *
 * Elements are hung one by one below the ancestors that they require. Where two required ancestors are not on one
 * chain, they are brought onto one, by the first of these that applies:
 *   move: a branch that begins with a leader that may be born anywhere goes below the other branch;
 *   zip:  a branch goes below a process of the same region on the other branch — first below a non-leader, then below
 *         a leader as a child from before its setsid.
 * What of the other branch may not bear it, over several pid namespaces, stays for the next turn, to go below it in turn.
 * Both only add ancestors, so they are always safe. The order keeps trees flat and the before phases of leaders empty. What
 * the theory tries beyond that, moves from within a branch and `cross`, is left to the exact procedure.
 * Cost: a merge climbs to the meeting point of its branches and no further.
 */

import type { Rows } from '../tree/adjacency.ts';
import { bytes, int32s } from '../tree/scratch.ts';
import {
  elementLeads,
  elementSession,
  isRootRegion,
  type OriginProblem,
  regionOf,
  regionTop,
} from './origin-problem.ts';

export class OriginDraft {
  /** Processes of the merge that failed. */
  conflict: number[] = [];
  private readonly problem: OriginProblem;
  private readonly birth: Int32Array;
  private readonly above: Rows;
  private readonly parent: Int32Array;
  private readonly before: Uint8Array;
  private readonly beforeChildren: Int32Array;
  /** Stamp of the merge that has the element on its chain. */
  private readonly chain: Int32Array;
  private readonly climbed: Int32Array;
  private stamp = 0;
  private visit = 0;
  /** The topmost element that carries the present stamp. */
  private highest = 0;

  constructor(problem: OriginProblem, birth: Int32Array, above: Rows) {
    const elements = problem.size + problem.sessionCount;
    this.problem = problem;
    this.birth = birth;
    this.above = above;
    this.parent = int32s(elements, -1);
    this.before = bytes(elements);
    this.beforeChildren = int32s(elements);
    this.chain = int32s(elements);
    this.climbed = int32s(elements);
  }

  /** Places e, whose required ancestors are placed. False: two of them cannot be brought onto one chain. */
  place(e: number): boolean {
    const from = this.above.offset[e]!;
    const to = this.above.offset[e + 1]!;
    let lowest = from < to ? this.above.items[from]! : -1;
    if (to - from > 1) {
      lowest = this.lowestOf(this.above.items.subarray(from, to));
      if (lowest < 0) return false;
    }
    const region = regionOf(this.problem, this.birth, e);
    if (region < 0) this.hang(e, Math.max(lowest, 0), false);
    else if (lowest >= 0) this.hang(e, lowest, this.leads(lowest));
    else {
      const { problem } = this;
      const outsideBranch = problem.rootHasTwoRegions && region === problem.outside;
      this.hang(e, regionTop(problem, region), outsideBranch);
    }
    return true;
  }

  /** The region that a placed element sits in. */
  regionOf(element: number): number {
    const { problem } = this;
    let e = element;
    for (;;) {
      const s = elementSession(problem, e);
      if (!this.leads(e)) return s;
      if (isRootRegion(problem, s)) return problem.rootHasTwoRegions ? problem.outside : 0;
      if (this.birth[s]! >= 0) return this.birth[s]!;
      const o = this.parent[e]!;
      if (!this.before[e]) return elementSession(problem, o);
      if (o === 0) return problem.rootHasTwoRegions ? problem.outside : 0;
      e = o;
    }
  }

  private leads(e: number): boolean {
    return elementLeads(this.problem, e);
  }

  private isFree(e: number): boolean {
    return e !== 0 && regionOf(this.problem, this.birth, e) < 0;
  }

  private mayBear(o: number, e: number): boolean {
    return this.problem.mayBear === null || this.problem.mayBear(o, e);
  }

  private hang(e: number, under: number, before: boolean): void {
    if (this.before[e]) this.beforeChildren[this.parent[e]!]!--;
    this.parent[e] = under;
    this.before[e] = before ? 1 : 0;
    if (before) this.beforeChildren[under]!++;
  }

  /** Brings all required ancestors onto one chain and returns its lowest; −1 if that fails. */
  private lowestOf(required: Int32Array): number {
    const stamp = ++this.stamp;
    let lowest = required[0]!;
    this.highest = lowest;
    this.chain[lowest] = stamp;
    for (let i = 1; i < required.length; i++) {
      const x = required[i]!;
      const branch = this.branchTo(x);
      if (branch.length === 0) continue;
      const meeting = this.parent[branch[0]!]!;
      const next = meeting === lowest ? x : this.merge(meeting, lowest, x, branch);
      if (next < 0) {
        this.conflict = [lowest, x].filter((e) => e < this.problem.size);
        return -1;
      }
      lowest = next;
      for (let e = lowest; this.chain[e] !== stamp; e = this.parent[e]!) this.chain[e] = stamp;
    }
    return lowest;
  }

  /** The way from the chain down to x, empty if x is on it. Climbs from x and from the chain's top in turn. */
  private branchTo(x: number): number[] {
    const visit = ++this.visit;
    const branch: number[] = [];
    let climber = x;
    for (;;) {
      if (climber >= 0) {
        if (this.chain[climber] === this.stamp) break;
        this.climbed[climber] = visit;
        branch.push(climber);
        climber = this.parent[climber]!;
      }
      if (this.highest === 0) continue;
      this.highest = this.parent[this.highest]!;
      this.chain[this.highest] = this.stamp;
      if (this.climbed[this.highest] !== visit) continue;
      while (branch.pop() !== this.highest);
      break;
    }
    return branch.reverse();
  }

  /**
   * x1 is the lowest of the chain, x2 the new one, `branch` the way from their meeting point down to x2.
   * Returns the lower of the two when they are on one chain, −1 if that fails. What leaves the chain loses its stamp.
   */
  private merge(meeting: number, x1: number, x2: number, branch: number[]): number {
    const first = branch[0]!;
    const isAlike = !this.isFree(first) && !this.leads(x1) && this.regionOf(x1) === this.regionOf(first);
    if (isAlike && this.mayBear(x1, first)) {
      // All of the chain between the meeting point and x1 is in this region.
      this.hang(first, x1, false);
      return x2;
    }
    const chain: number[] = [];
    for (let e = x1; e !== meeting; e = this.parent[e]!) {
      chain.push(e);
      this.chain[e] = 0;
    }
    return this.mergeBranches(chain.reverse(), branch, x1, x2);
  }

  private mergeBranches(branch1: number[], branch2: number[], x1: number, x2: number): number {
    let p1 = branch1;
    let p2 = branch2;
    for (;;) {
      if (p1.length === 0) return x2;
      if (p2.length === 0) return x1;
      let rest: number[] | null;
      if ((rest = this.move(p1, p2))) p1 = rest;
      else if ((rest = this.move(p2, p1))) p2 = rest;
      else if ((rest = this.zip(p1, p2, false))) p1 = rest;
      else if ((rest = this.zip(p2, p1, false))) p2 = rest;
      else if ((rest = this.zip(p1, p2, true))) p1 = rest;
      else if ((rest = this.zip(p2, p1, true))) p2 = rest;
      else return -1;
    }
  }

  /**
   * Hangs the first of `branch`, if that is a leader that may be born anywhere, as low on `path` as it may be born. Returns
   * what of `path` is below the place.
   */
  private move(path: number[], branch: readonly number[]): number[] | null {
    const u = branch[0]!;
    if (!this.isFree(u) || this.beforeChildren[u]! > 0) return null;
    const place = path.findLastIndex((o) => this.mayBear(o, u));
    if (place < 0) return null;
    this.hang(u, path[place]!, false);
    return path.slice(place + 1);
  }

  /** Hangs the first of `branch` below `path`, in its own region. Returns what of `path` is below the place. */
  private zip(path: number[], branch: readonly number[], belowLeaders: boolean): number[] | null {
    const u = branch[0]!;
    if (this.isFree(u)) return null;
    const region = this.regionOf(u);
    let place = -1;
    for (let i = 0; i < path.length && this.regionOf(path[i]!) === region; i++) {
      const leaves = i + 1 < path.length && this.regionOf(path[i + 1]!) !== region;
      if (leaves) break;
      if ((belowLeaders || !this.leads(path[i]!)) && this.mayBear(path[i]!, u)) place = i;
    }
    if (place < 0) return null;
    this.hang(u, path[place]!, this.leads(path[place]!));
    return path.slice(place + 1);
  }
}
