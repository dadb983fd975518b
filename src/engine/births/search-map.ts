/**
 * Search for a birth map that agrees with hints (docs/caba.md, section 3).
 *
 * In: the origin problem and hints: for some processes their closest alive born ancestor. Out: a full map; or "none",
 * which is a proof; or "undecided" where the limit was reached. Complete: whatever is possible is found.
 *
 * What has to be placed is split into components: elements (processes and dead leaders) that depend on each other by
 * wanted parent, by hint, or as member and leader of a session. A component has one topmost element; taking it out
 * splits the rest, which hangs below it, or, where it was a dead leader, next to it. So the only real choice is the
 * top, and a component that failed once below some process fails again.
 * Invariant: whatever a component needs outside of itself is on the way from the root to the process it is put below.
 * A component of which the process above must offer two sessions cannot be placed.
 * Cost: O(component) a node; usually about n nodes. No recursion: the depth may be n.
 * Several pid namespaces: a top is taken only where its birth has a place (placed-births.ts).
 */

import { spend, type WorkBudget } from '../plan/work-budget.ts';
import { DEAD, isLeader, regionTop } from '../planner/origin-problem.ts';
import type { BirthMap } from './birth-map.ts';
import { type BirthOrder, mayBeYounger, youngestWith } from './birth-order.ts';
import type { BirthProblem } from './birth-problem.ts';
import { FailedComponents, type Tie } from './failed-components.ts';
import { type Component, PlacedBirths } from './placed-births.ts';

export type SearchVerdict =
  | { readonly verdict: 'found'; readonly map: BirthMap }
  | { readonly verdict: 'none' }
  | { readonly verdict: 'undecided' };

interface Frame {
  /** The process that the component is put below, and the youngest birth on the way down to it. */
  readonly above: number;
  readonly youngest: number;
  /** The component is `elements[from] .. elements[to - 1]`. */
  readonly from: number;
  readonly to: number;
  readonly tie: Tie;
  /** Possible tops, best first. */
  readonly tops: readonly number[];
  nextTop: number;
  top: number;
  /** Where the parts of the rest end, and the part that is being placed. */
  ends: readonly number[];
  part: number;
}

/** Of entering or splitting a component, and of each element of it. */
const NODE_WORK = 16;
const ELEMENT_WORK = 4;

const TWO_SESSIONS = -2;
const NO_SESSION = -1;
const NO_TIE: Tie = { above: -1, youngest: 0, beyond: '' };

export class MapSearch {
  private readonly problem: BirthProblem;
  private readonly order: BirthOrder | null;
  private readonly budget: WorkBudget;
  private readonly map: Int32Array;
  /** Every element but the root, components next to each other. */
  private readonly elements: Int32Array;
  private readonly buffer: Int32Array;
  /** By element: the component looked at last. A stamp is never used twice. */
  private readonly mark: Int32Array;
  private stamp = 0;
  private readonly link: Int32Array;
  private readonly rank: Int32Array;
  /** By element: what must be above it by birth. */
  private readonly ancestor: Int32Array;
  /** Over several namespaces: who stands where. Null: there is one. */
  private readonly placed: PlacedBirths | null;
  private readonly failures: FailedComponents;
  private hints: Int32Array;
  private readonly stack: Frame[] = [];

  constructor(problem: BirthProblem, order: BirthOrder | null, budget: WorkBudget) {
    const { size, sessionCount, leader } = problem;
    this.problem = problem;
    this.order = order;
    this.budget = budget;
    let count = size - 1;
    for (let s = 0; s < sessionCount; s++) if (leader[s] === DEAD) count++;
    this.elements = new Int32Array(count);
    this.buffer = new Int32Array(count);
    this.map = new Int32Array(size).fill(-1);
    this.hints = this.map;
    this.mark = new Int32Array(size + sessionCount);
    this.link = new Int32Array(size + sessionCount);
    this.rank = new Int32Array(size + sessionCount);
    this.ancestor = problem.places?.ancestor ?? withDeadLeaders(problem);
    this.placed = problem.places ? new PlacedBirths(problem, problem.places) : null;
    this.failures = new FailedComponents(size + sessionCount);
  }

  /** @param hints by process: index of the ancestor, −1 unknown. The root's is not looked at. */
  run(hints: Int32Array): SearchVerdict {
    const { size, sessionCount, leader } = this.problem;
    this.hints = hints;
    this.failures.clear();
    let count = 0;
    for (let q = 1; q < size; q++) this.elements[count++] = q;
    for (let s = 0; s < sessionCount; s++) if (leader[s] === DEAD) this.elements[count++] = size + s;
    const ends = this.split(0, count);
    const youngest = this.order ? youngestWith(this.order, 0, Number.NEGATIVE_INFINITY) : 0;
    const whole = { above: -1, youngest, from: -1, to: count, tie: NO_TIE, tops: [0], nextTop: 1 };
    if (ends === null) return { verdict: 'none' };
    this.stack.length = 0;
    this.stack.push({ ...whole, top: 0, ends, part: 0 });
    return this.place();
  }

  private place(): SearchVerdict {
    const { stack, problem, budget } = this;
    let failed = false;
    while (stack.length > 0) {
      if (budget.work < 0) return { verdict: 'undecided' };
      const frame = stack.at(-1)!;
      if (failed) {
        failed = !this.takeNextTop(frame);
        if (failed) {
          if (frame.above < 0) return { verdict: 'none' };
          this.remember(frame);
          stack.pop();
        }
        continue;
      }
      if (frame.part === frame.ends.length) {
        if (frame.top > 0 && frame.top < problem.size) this.map[frame.top] = frame.above;
        stack.pop();
        const parent = stack.at(-1);
        if (parent) parent.part++;
        continue;
      }
      const from = frame.part === 0 ? frame.from + 1 : frame.ends[frame.part - 1]!;
      const live = frame.top < problem.size;
      const youngest =
        live && this.order ? youngestWith(this.order, frame.top, frame.youngest) : frame.youngest;
      const child = this.enter(live ? frame.top : frame.above, youngest, from, frame.ends[frame.part]!);
      if (child && this.takeNextTop(child)) stack.push(child);
      else {
        if (child) this.remember(child);
        failed = true;
      }
    }
    return { verdict: 'found', map: this.map.slice() };
  }

  /** A component below `above`; null where it cannot be there. */
  private enter(above: number, youngest: number, from: number, to: number): Frame | null {
    const { problem, elements, mark, hints } = this;
    const { size } = problem;
    spend(this.budget, NODE_WORK + ELEMENT_WORK * (to - from));
    const stamp = this.markAll(from, to);
    let hinted = -1;
    let hintCount = 0;
    for (let i = from; i < to; i++) {
      const e = elements[i]!;
      if (e >= size || hints[e]! < 0 || mark[hints[e]!] === stamp) continue;
      if (hints[e] !== above) return null;
      hinted = e;
      hintCount++;
    }
    const need = this.need(from, to);
    if (need === TWO_SESSIONS) return null;
    const component: Component = { elements, from, to, mark, stamp };
    if (this.placed && !this.placed.hasRoom(above, component)) return null;
    const tie = this.tieOf(above, youngest, hintCount > 0, component, need);
    if (this.failures.has(elements, from, to, tie, mark, stamp)) return null;
    const tops = this.topsOf(youngest, from, to, stamp, hintCount, hinted, need);
    return {
      above,
      youngest,
      from,
      to,
      tie,
      tops,
      nextTop: 0,
      top: -1,
      ends: [],
      part: 0,
    };
  }

  private markAll(from: number, to: number): number {
    const stamp = ++this.stamp;
    for (let i = from; i < to; i++) this.mark[this.elements[i]!] = stamp;
    return stamp;
  }

  /** The session that members of a marked component were born in, opened above it. */
  private need(from: number, to: number): number {
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

  /**
   * Order of tops: the hinted one; processes that lead nothing; leaders above members of the needed session, going by
   * wanted parents; other leaders; dead leaders. It is fixed, so that the same image gives the same map.
   */
  private topsOf(
    youngest: number,
    from: number,
    to: number,
    stamp: number,
    hintCount: number,
    hinted: number,
    need: number,
  ): number[] {
    const { problem, elements, mark, hints, rank, ancestor } = this;
    const { size, session } = problem;
    const tops: number[] = [];
    for (let i = from; i < to; i++) {
      const t = elements[i]!;
      if (t >= size) {
        if (mark[ancestor[t]!] === stamp) continue;
        rank[t] = 4;
        tops.push(t);
        this.placed?.addHanging(t, { elements, from, to, mark, stamp }, tops);
        continue;
      }
      if (mark[ancestor[t]!] === stamp) continue;
      if (hintCount > 0 ? hintCount > 1 || t !== hinted : hints[t]! >= 0) continue;
      const leads = isLeader(problem, t);
      if (!leads && mark[regionTop(problem, session[t]!)] === stamp) continue;
      if (this.order && !mayBeYounger(this.order, t, youngest)) continue;
      rank[t] = t === hinted ? 0 : leads ? 3 : 1;
      tops.push(t);
    }
    if (need !== NO_SESSION) {
      const passed = ++this.stamp;
      for (let i = from; i < to; i++) {
        const q = elements[i]!;
        if (q >= size || session[q] !== need || isLeader(problem, q)) continue;
        // Passing turns the mark, so that every process is passed once.
        for (let x = ancestor[q]!; mark[x] === stamp; x = ancestor[x]!) {
          mark[x] = passed;
          if (isLeader(problem, x)) rank[x] = Math.min(rank[x]!, 2);
        }
      }
    }
    const elementCount = rank.length;
    return tops.sort((a, b) => rank[a % elementCount]! - rank[b % elementCount]! || a - b);
  }

  /** Splits the rest below, or beside, the next top that passes. False: there is none left. */
  private takeNextTop(frame: Frame): boolean {
    const { problem, elements } = this;
    while (frame.nextTop < frame.tops.length) {
      if (this.budget.work < 0) return true;
      const top = frame.tops[frame.nextTop++]!;
      const t = top % this.rank.length;
      const hangsFrom = Math.floor(top / this.rank.length) - 1;
      const at = elements.indexOf(t, frame.from);
      elements[at] = elements[frame.from]!;
      elements[frame.from] = t;
      const ends = this.split(frame.from + 1, frame.to);
      if (ends === null) continue;
      const birth = t < problem.size ? this.offered(t, frame.from + 1, ends) : NO_SESSION;
      if (birth === TWO_SESSIONS) continue;
      if (this.placed && !this.placed.put(frame.above, t, birth, hangsFrom)) continue;
      frame.top = t;
      frame.ends = ends;
      frame.part = 0;
      return true;
    }
    return false;
  }

  /**
   * The session that t must be born in to offer what the parts below it need, besides the session that it is in;
   * TWO_SESSIONS where it cannot offer all.
   */
  private offered(t: number, from: number, ends: readonly number[]): number {
    const { problem } = this;
    let birth = NO_SESSION;
    let start = from;
    for (const end of ends) {
      const c = this.need(start, end);
      start = end;
      if (c === NO_SESSION || c === problem.session[t]) continue;
      if (!isLeader(problem, t) || (birth !== NO_SESSION && birth !== c)) return TWO_SESSIONS;
      birth = c;
    }
    return birth;
  }

  /** Rearranges a range into connected parts, the smallest first; their ends, or null where one needs two sessions. */
  private split(from: number, to: number): number[] | null {
    const { problem, elements, mark, link, hints, buffer, ancestor } = this;
    const { size, session } = problem;
    spend(this.budget, NODE_WORK + ELEMENT_WORK * (to - from));
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
    const { rank } = this;
    const roots: number[] = [];
    for (let i = from; i < to; i++) {
      const e = elements[i]!;
      const root = this.find(e);
      if (root === e) {
        rank[e] = 0;
        roots.push(e);
      }
      link[e] = root;
    }
    for (let i = from; i < to; i++) rank[link[elements[i]!]!]!++;
    roots.sort((a, b) => rank[a]! - rank[b]! || a - b);
    const ends: number[] = [];
    let end = from;
    for (const root of roots) {
      const length = rank[root]!;
      rank[root] = end;
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
      elements[rank[root]!++] = e;
    }
    let start = from;
    for (const part of ends) {
      if (this.need(start, part) === TWO_SESSIONS) return null;
      start = part;
    }
    return ends;
  }

  private find(element: number): number {
    const { link } = this;
    let e = element;
    while (link[e] !== e) {
      link[e] = link[link[e]!]!;
      e = link[e]!;
    }
    return e;
  }

  /** The smallest element becomes the root, so that parts have an order of their own. */
  private join(a: number, b: number): void {
    const rootA = this.find(a);
    const rootB = this.find(b);
    if (rootA < rootB) this.link[rootB] = rootA;
    else this.link[rootA] = rootB;
  }

  private remember({ from, to, tie }: Frame): void {
    this.failures.add(this.elements, from, to, tie);
  }

  /** What besides its elements decides whether a component can be placed. */
  private tieOf(above: number, youngest: number, hinted: boolean, component: Component, need: number): Tie {
    const { placed, order } = this;
    return {
      above: hinted || order !== null || placed ? above : -1,
      youngest: order ? youngest : 0,
      beyond: placed ? placed.beyondBlock(above, component, need) : '',
    };
  }
}

/** The wanted parents, and nobody for dead leaders. */
function withDeadLeaders({ size, sessionCount, parent }: BirthProblem): Int32Array {
  const ancestor = new Int32Array(size + sessionCount);
  ancestor.set(parent);
  ancestor[0] = 0;
  return ancestor;
}
