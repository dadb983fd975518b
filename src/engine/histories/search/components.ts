/**
 * Components of what has to be placed: elements (processes and dead leaders) that depend on each other by wanted parent,
 * by hint, or as member and leader of a session. A component is a range of `elements`; taking its top out splits the rest.
 *
 * In: the problem, and hints, for some processes their closest alive born ancestor. Out: ranges, and the session that each needs.
 * Cost: near-linear in the range, charged to the budget.
 */

import type { BirthProblem } from '../../births/birth-problem.ts';
import { spend, type WorkBudget } from '../../plan/work-budget.ts';
import { DEAD, deadLeaders, regionTop } from '../../planner/origin-problem.ts';
import { setOf } from '../../tree/disjoint-sets.ts';

/** `elements[from] .. elements[to - 1]`, which have the mark `stamp`. */
export interface Component {
  readonly elements: Int32Array;
  readonly from: number;
  readonly to: number;
  readonly mark: Int32Array;
  readonly stamp: number;
}

/** Of entering or splitting a component, and of each element of it. */
const NODE_WORK = 16;
const ELEMENT_WORK = 4;

/** What a component may need: one session that was opened above it, none, or two, which nobody can offer. */
export const TWO_SESSIONS = -2;
export const NO_SESSION = -1;

export class Components {
  /** Every element but the root, components next to each other. */
  readonly elements: Int32Array;
  /** By element: the component looked at last. A stamp is never used twice. */
  readonly mark: Int32Array;
  /** By element: what must be above it by birth. */
  readonly ancestor: Int32Array;
  hints: Int32Array;
  private readonly problem: BirthProblem;
  private readonly budget: WorkBudget;
  private readonly buffer: Int32Array;
  private readonly link: Int32Array;
  /** By the root of a part: its length, then where its next element goes. */
  private readonly place: Int32Array;
  private stamp = 0;

  constructor(problem: BirthProblem, budget: WorkBudget) {
    const { size, sessionCount } = problem;
    this.problem = problem;
    this.budget = budget;
    const count = size - 1 + deadLeaders(problem);
    this.elements = new Int32Array(count);
    this.buffer = new Int32Array(count);
    this.hints = new Int32Array(0);
    this.mark = new Int32Array(size + sessionCount);
    this.link = new Int32Array(size + sessionCount);
    this.place = new Int32Array(size + sessionCount);
    this.ancestor = problem.places?.ancestor ?? withDeadLeaders(problem);
  }

  /** Everything, split; null where a component needs two sessions. */
  begin(hints: Int32Array): number[] | null {
    const { size, sessionCount, leader } = this.problem;
    this.hints = hints;
    let count = 0;
    for (let q = 1; q < size; q++) this.elements[count++] = q;
    for (let s = 0; s < sessionCount; s++) if (leader[s] === DEAD) this.elements[count++] = size + s;
    return this.split(0, count);
  }

  /** Looks at a range, which is charged. */
  range(from: number, to: number): Component {
    this.charge(from, to);
    return { elements: this.elements, from, to, mark: this.mark, stamp: this.markAll(from, to) };
  }

  newStamp(): number {
    return ++this.stamp;
  }

  /** Takes t to the beginning of the range from `from` on, in which it is. */
  bringToFront(t: number, from: number): void {
    const { elements } = this;
    elements[elements.indexOf(t, from)] = elements[from]!;
    elements[from] = t;
  }

  private charge(from: number, to: number): void {
    spend(this.budget, NODE_WORK + ELEMENT_WORK * (to - from));
  }

  private markAll(from: number, to: number): number {
    const stamp = ++this.stamp;
    for (let i = from; i < to; i++) this.mark[this.elements[i]!] = stamp;
    return stamp;
  }

  /** The session that members of a marked component were born in, opened above it. */
  need(from: number, to: number): number {
    const { problem, elements, mark } = this;
    const { session, leader, size } = problem;
    let need = NO_SESSION;
    for (let i = from; i < to; i++) {
      const q = elements[i]!;
      if (q >= size) continue;
      const c = session[q]!;
      if (c === need || leader[c] === q || mark[regionTop(problem, c)] === mark[q]) continue;
      if (need !== NO_SESSION) return TWO_SESSIONS;
      need = c;
    }
    return need;
  }

  /** Rearranges a range into connected parts, the smallest first; their ends, or null where one needs two sessions. */
  split(from: number, to: number): number[] | null {
    const { problem, elements, mark, link, hints, buffer, ancestor } = this;
    const { size, session } = problem;
    this.charge(from, to);
    const stamp = this.markAll(from, to);
    for (let i = from; i < to; i++) link[elements[i]!] = elements[i]!;
    for (let i = from; i < to; i++) {
      const q = elements[i]!;
      if (mark[ancestor[q]!] === stamp) this.join(q, ancestor[q]!);
      if (q >= size) continue;
      if (hints[q]! >= 0 && mark[hints[q]!] === stamp) this.join(q, hints[q]!);
      const leader = regionTop(problem, session[q]!);
      if (leader !== q && mark[leader] === stamp) this.join(q, leader);
    }
    const { place } = this;
    const roots: number[] = [];
    for (let i = from; i < to; i++) {
      const e = elements[i]!;
      const root = setOf(this.link, e);
      if (root === e) {
        place[e] = 0;
        roots.push(e);
      }
      link[e] = root;
    }
    for (let i = from; i < to; i++) place[link[elements[i]!]!]!++;
    roots.sort((a, b) => place[a]! - place[b]! || a - b);
    const ends: number[] = [];
    let end = from;
    for (const root of roots) {
      const length = place[root]!;
      place[root] = end;
      end += length;
      ends.push(end);
    }
    for (let i = from; i < to; i++) buffer[i] = elements[i]!;
    const base = this.stamp;
    this.stamp += roots.length;
    for (const [i, root] of roots.entries()) mark[root] = base + 1 + i;
    for (let i = from; i < to; i++) {
      const e = buffer[i]!;
      const root = link[e]!;
      mark[e] = mark[root]!;
      elements[place[root]!++] = e;
    }
    let start = from;
    for (const part of ends) {
      if (this.need(start, part) === TWO_SESSIONS) return null;
      start = part;
    }
    return ends;
  }

  /** The smallest element becomes the root, so that parts have an order of their own. */
  private join(a: number, b: number): void {
    const rootA = setOf(this.link, a);
    const rootB = setOf(this.link, b);
    if (rootA < rootB) this.link[rootB] = rootA;
    else this.link[rootA] = rootB;
  }
}

/** The wanted parents, and nobody for dead leaders. */
function withDeadLeaders({ size, sessionCount, parent }: BirthProblem): Int32Array {
  const ancestor = new Int32Array(size + sessionCount);
  ancestor.set(parent);
  ancestor[0] = 0;
  return ancestor;
}
