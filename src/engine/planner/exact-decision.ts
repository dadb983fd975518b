/**
 * Exact decision by safe moves (theory, section 5 and theorem 3): are there births at all, and which?
 *
 * In: the origin problem. Out: births for every leader, or the proof that there are none; null when the work limit is
 * reached first. Used only where the proposals of the opening order all failed, which is rare.
 * A region is filled from its top down: members whose parent is placed are placed (M1); where members are left, a
 * leader is born into the region so that what depends on its session can leave (M2); a part that needs no open region
 * any more is started from any of its leaders (M3). Finished parts are never undone: what is left of a solvable
 * problem is solvable again.
 * Invariant: an element carries the label of the one set of pending elements that it is in; PLACED otherwise.
 * Cost: about O(n³); recursion as deep as regions nest in each other, so callers bound n.
 */

import { spend, type WorkBudget } from '../plan/work-budget.ts';
import { joinSets, setOf } from '../tree/disjoint-sets.ts';
import {
  elementSession,
  isElement,
  isLeader,
  isRootRegion,
  leaderElement,
  type OriginProblem,
  regionTop,
} from './origin-problem.ts';

const PLACED = -1;
/** Of looking at one element. */
const ELEMENT_WORK = 2;

export type ExactDecision = { readonly birth: Int32Array } | { readonly stuck: readonly number[] };

export function decideExactly(problem: OriginProblem, budget: WorkBudget): ExactDecision | null {
  return new Decision(problem, budget).run();
}

class WorkLimitReached extends Error {}

class Decision {
  private readonly problem: OriginProblem;
  private readonly budget: WorkBudget;
  private readonly birth: Int32Array;
  private readonly label: Int32Array;
  private labels = 0;
  private readonly depth: Int32Array;
  private readonly end: Int32Array;
  private readonly link: Int32Array;
  private readonly sessionStamp: Int32Array;
  private readonly sessionFirst: Int32Array;
  private stamps = 0;
  private stuck: number[] = [];

  constructor(problem: OriginProblem, budget: WorkBudget) {
    const elements = problem.size + problem.sessionCount;
    this.problem = problem;
    this.budget = budget;
    this.birth = new Int32Array(problem.sessionCount).fill(-1);
    this.label = new Int32Array(elements).fill(PLACED);
    this.depth = new Int32Array(elements);
    this.end = new Int32Array(problem.sessionCount).fill(-1);
    this.link = new Int32Array(elements);
    this.sessionStamp = new Int32Array(problem.sessionCount);
    this.sessionFirst = new Int32Array(problem.sessionCount);
  }

  run(): ExactDecision | null {
    try {
      return this.decide()
        ? { birth: this.birth }
        : { stuck: this.stuck.filter((e) => e < this.problem.size) };
    } catch (error) {
      if (error instanceof WorkLimitReached) return null;
      throw error;
    }
  }

  private decide(): boolean {
    const { problem } = this;
    const all: number[] = [];
    for (let e = 1; e < problem.size + problem.sessionCount; e++) if (isElement(problem, e)) all.push(e);
    const left: number[][] = [];
    if (problem.rootHasTwoRegions) {
      this.birth[problem.outside] = 0;
      this.birth[problem.rootSession] = 0;
      const outer: number[] = [];
      const inner: number[] = [];
      for (const part of this.components(all)) {
        const holdsOuter = this.holdsMember(part, problem.outside);
        const holdsInner = this.holdsMember(part, problem.rootSession);
        if (holdsOuter && holdsInner) return this.fail(part);
        if (holdsOuter) outer.push(...part);
        else if (holdsInner) inner.push(...part);
        else left.push(part);
      }
      if (!this.fillRegion(problem.outside, outer, left)) return false;
      if (!this.fillRegion(problem.rootSession, inner, left)) return false;
    } else if (!this.fillRegion(0, all, left)) return false;

    for (let part = left.pop(); part; part = left.pop()) {
      this.mark(part);
      if (!part.some((e) => this.startPart(e, part, left))) return this.fail(part);
    }
    return true;
  }

  /** M3: opens leader e as the top of a part that needs no open region any more. */
  private startPart(e: number, part: readonly number[], left: number[][]): boolean {
    const { problem } = this;
    if (!this.isAvailableLeader(e, this.label[e]!)) return false;
    let under = 0;
    for (const q of part) {
      if (q >= problem.size) continue;
      const p = problem.parent[q]!;
      if (this.label[p] === PLACED && this.depth[p]! > this.depth[under]!) under = p;
    }
    const s = elementSession(problem, e);
    this.depth[e] = this.depth[under]! + 1;
    this.end[s] = -1;
    this.birth[s] = this.regionBelow(under);
    this.label[e] = PLACED;
    const rest = part.filter((x) => x !== e);
    if (this.fillRegion(s, rest, left)) return true;
    this.mark(part);
    return false;
  }

  /** The region of what is born after everything else from a placed element. */
  private regionBelow(e: number): number {
    const { problem } = this;
    if (e !== 0) return elementSession(problem, e);
    return Math.max(problem.rootSession, 0);
  }

  /** Places all members of s among `pending`; parts that do not concern s go to `left`. False: impossible. */
  private fillRegion(s: number, pending: readonly number[], left: number[][]): boolean {
    const { problem } = this;
    const leftBefore = left.length;
    let here = [...pending];
    for (;;) {
      const label = this.mark(here);
      here = this.placeMembers(s, here, label);
      if (!this.holdsMember(here, s)) {
        for (const part of this.components(here)) left.push(part);
        return true;
      }
      const forced = this.forcedInto(s, here, label);
      const leaders = here.filter((e) => this.isAvailableLeader(e, label));
      leaders.sort((a, b) => Number(forced.has(b)) - Number(forced.has(a)) || a - b);
      let progress = false;
      for (const e of leaders) {
        const d = elementSession(problem, e);
        const parts = this.components(here.filter((x) => x !== e));
        if (parts.some((part) => this.holdsMember(part, s) && this.holdsMember(part, d))) {
          this.mark(here, label);
          continue;
        }
        const stay = parts.filter((part) => this.holdsMember(part, s));
        const go = parts.filter((part) => this.holdsMember(part, d));
        const others = parts.filter((part) => !this.holdsMember(part, s) && !this.holdsMember(part, d));
        const endBefore = this.end[s]!;
        this.put(e, s);
        this.birth[d] = s;
        this.end[d] = -1;
        const inner: number[][] = [];
        if (this.fillRegion(d, go.flat(), inner)) {
          left.push(...inner, ...others);
          here = stay.flat();
          progress = true;
          break;
        }
        this.birth[d] = -1;
        this.end[s] = endBefore;
        this.mark(here, label);
        if (forced.has(e)) break;
      }
      if (progress) continue;
      left.length = leftBefore;
      this.mark(pending);
      return this.fail(here);
    }
  }

  /** M1: members of s whose parent is placed are placed, until none is left. Returns what stays pending. */
  private placeMembers(s: number, pending: readonly number[], label: number): number[] {
    const { problem } = this;
    let here = [...pending];
    for (;;) {
      const rest: number[] = [];
      for (const e of here) {
        this.spend(1);
        const member = e < problem.size && problem.session[e] === s && !isLeader(problem, e);
        if (member && this.label[problem.parent[e]!] !== label) this.put(e, s);
        else rest.push(e);
      }
      if (rest.length === here.length) return rest;
      here = rest;
    }
  }

  private put(e: number, s: number): void {
    const under = this.end[s]! >= 0 ? this.end[s]! : regionTop(this.problem, s);
    this.depth[e] = this.depth[under]! + 1;
    this.end[s] = e;
    this.label[e] = PLACED;
  }

  /** Pending ancestors of pending members of s: they can only be born into s. */
  private forcedInto(s: number, pending: readonly number[], label: number): Set<number> {
    const { problem } = this;
    const forced = new Set<number>();
    for (const q of pending) {
      if (q >= problem.size || problem.session[q] !== s || isLeader(problem, q)) continue;
      for (let p = problem.parent[q]!; this.label[p] === label && !forced.has(p); p = problem.parent[p]!) {
        this.spend(1);
        forced.add(p);
      }
    }
    return forced;
  }

  private isAvailableLeader(e: number, label: number): boolean {
    const { problem } = this;
    if (e >= problem.size) return true;
    return isLeader(problem, e) && this.label[problem.parent[e]!] !== label;
  }

  private holdsMember(part: readonly number[], s: number): boolean {
    const { problem } = this;
    this.spend(part.length);
    return part.some((e) => e < problem.size && problem.session[e] === s && !isLeader(problem, e));
  }

  private mark(part: readonly number[], label = ++this.labels): number {
    for (const e of part) this.label[e] = label;
    return label;
  }

  /** Parts that hold together by parents, by sessions with their leader, or by being members of one session. */
  private components(pending: readonly number[]): number[][] {
    const { problem, link } = this;
    this.spend(pending.length);
    const label = this.mark(pending);
    const stamp = ++this.stamps;
    for (const e of pending) link[e] = e;
    const join = (a: number, b: number): void => {
      joinSets(link, a, b);
    };
    for (const q of pending) {
      if (q >= problem.size) continue;
      const p = problem.parent[q]!;
      if (this.label[p] === label) join(q, p);
      const c = problem.session[q]!;
      if (isLeader(problem, q)) continue;
      const l = isRootRegion(problem, c) ? 0 : leaderElement(problem, c);
      if (l !== 0 && this.label[l] === label) join(q, l);
      else if (this.sessionStamp[c] === stamp) join(q, this.sessionFirst[c]!);
      else {
        this.sessionStamp[c] = stamp;
        this.sessionFirst[c] = q;
      }
    }
    return [...Map.groupBy(pending, (e) => setOf(link, e)).values()];
  }

  private fail(part: readonly number[]): false {
    this.stuck = [...part];
    return false;
  }

  private spend(amount: number): void {
    if (!spend(this.budget, ELEMENT_WORK * amount)) throw new WorkLimitReached();
  }
}
