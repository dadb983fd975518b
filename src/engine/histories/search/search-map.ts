/**
 * Search for a birth map that agrees with hints (docs/caba.md, section 3).
 *
 * In: the origin problem and hints: for some processes their closest alive born ancestor. Out: a full map; or "none",
 * which is a proof; or "undecided" where the limit was reached. Complete: whatever is possible is found.
 *
 * What has to be placed is split into components (components.ts). A component has one topmost element; taking it out
 * splits the rest, which hangs below it, or, where it was a dead leader, next to it. So the only real choice is the
 * top, and a component that failed once below some process fails again.
 * Invariant: whatever a component needs outside of itself is on the way from the root to the process it is put below.
 * A component of which the process above must offer two sessions cannot be placed.
 * Cost: O(component) a node; usually about n nodes. No recursion: the depth may be n.
 * Several pid namespaces: a top is taken only where its birth has a place (placed-births.ts).
 */

import type { BirthMap } from '../../births/birth-map.ts';
import { type BirthOrder, mayBeYounger, youngestWith } from '../../births/birth-order.ts';
import type { BirthProblem } from '../../births/birth-problem.ts';
import { checkMap } from '../../births/check-map.ts';
import { isSpent, spend, type WorkBudget } from '../../plan/work-budget.ts';
import { isLeader, regionTop } from '../../planner/origin-problem.ts';
import { type Component, Components, NO_SESSION, TWO_SESSIONS } from './components.ts';
import { FailedComponents, type Tie } from './failed-components.ts';
import { PlacedBirths } from './placed-births.ts';
import { Tops } from './tops.ts';

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
  /** Possible tops (tops.ts), best first. */
  readonly tops: readonly number[];
  nextTop: number;
  top: number;
  /** Where the parts of the rest end, and the part that is being placed. */
  ends: readonly number[];
  part: number;
}

/** Passes over the processes that the check of a map costs. */
const CHECK_PASSES = 4;

const NO_TIE: Tie = { above: -1, youngest: 0, beyond: '' };

export class MapSearch {
  private readonly problem: BirthProblem;
  private readonly order: BirthOrder | null;
  private readonly budget: WorkBudget;
  private readonly map: Int32Array;
  private readonly components: Components;
  private readonly tops: Tops;
  /** By element: its place in the order of tops. */
  private readonly rank: Int32Array;
  /** Over several namespaces: who stands where. Null: there is one. */
  private readonly placed: PlacedBirths | null;
  private readonly failures: FailedComponents;
  private readonly stack: Frame[] = [];

  constructor(problem: BirthProblem, order: BirthOrder | null, budget: WorkBudget) {
    const elementCount = problem.size + problem.sessionCount;
    this.problem = problem;
    this.order = order;
    this.budget = budget;
    this.map = new Int32Array(problem.size).fill(-1);
    this.components = new Components(problem, budget);
    this.tops = new Tops(elementCount);
    this.rank = new Int32Array(elementCount);
    this.placed = problem.places ? new PlacedBirths(problem, problem.places) : null;
    this.failures = new FailedComponents(elementCount);
  }

  /** Is this map one, in the order of births? Charged like a search. */
  fits(map: Int32Array): boolean {
    spend(this.budget, CHECK_PASSES * this.problem.size);
    return checkMap(this.problem, map, this.order).fault === null;
  }

  isSpent(): boolean {
    return isSpent(this.budget);
  }

  /** @param hints by process: index of the ancestor, −1 unknown. The root's is not looked at. */
  run(hints: Int32Array): SearchVerdict {
    this.failures.clear();
    const ends = this.components.begin(hints);
    const to = this.components.elements.length;
    const youngest = this.order ? youngestWith(this.order, 0, Number.NEGATIVE_INFINITY) : 0;
    const whole = { above: -1, youngest, from: -1, to, tie: NO_TIE, tops: [0], nextTop: 1 };
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
    const { size } = this.problem;
    const component = this.components.range(from, to);
    const { elements, mark, stamp } = component;
    const { hints } = this.components;
    let hinted = -1;
    let hintCount = 0;
    for (let i = from; i < to; i++) {
      const e = elements[i]!;
      if (e >= size || hints[e]! < 0 || mark[hints[e]!] === stamp) continue;
      if (hints[e] !== above) return null;
      hinted = e;
      hintCount++;
    }
    const need = this.components.need(from, to);
    if (need === TWO_SESSIONS) return null;
    if (this.placed && !this.placed.hasRoom(above, component)) return null;
    const tie = this.tieOf(above, youngest, hintCount > 0, component, need);
    if (this.failures.has(component, tie)) return null;
    const tops = this.topsOf(youngest, component, hintCount, hinted, need);
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

  /**
   * Order of tops: the hinted one; processes that lead nothing; leaders above members of the needed session, going by
   * wanted parents; other leaders; dead leaders. It is fixed, so that the same image gives the same map.
   */
  private topsOf(
    youngest: number,
    component: Component,
    hintCount: number,
    hinted: number,
    need: number,
  ): number[] {
    const { problem, rank } = this;
    const { hints, ancestor } = this.components;
    const { elements, from, to, mark, stamp } = component;
    const { size, session } = problem;
    const tops: number[] = [];
    for (let i = from; i < to; i++) {
      const t = elements[i]!;
      if (t >= size) {
        if (mark[ancestor[t]!] === stamp) continue;
        rank[t] = 4;
        tops.push(t);
        this.placed?.addHanging(t, component, this.tops, tops);
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
      const passed = this.components.newStamp();
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
    const rankOf = (top: number): number => rank[this.tops.element(top)]!;
    return tops.sort((a, b) => rankOf(a) - rankOf(b) || a - b);
  }

  /** Splits the rest below, or beside, the next top that passes. False: there is none left. */
  private takeNextTop(frame: Frame): boolean {
    const { problem, components } = this;
    while (frame.nextTop < frame.tops.length) {
      if (this.budget.work < 0) return true;
      const top = frame.tops[frame.nextTop++]!;
      const t = this.tops.element(top);
      components.bringToFront(t, frame.from);
      const ends = components.split(frame.from + 1, frame.to);
      if (ends === null) continue;
      const birth = t < problem.size ? this.offered(t, frame.from + 1, ends) : NO_SESSION;
      if (birth === TWO_SESSIONS) continue;
      if (this.placed && !this.placed.put(frame.above, t, birth, this.tops.hangsFrom(top))) continue;
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
      const c = this.components.need(start, end);
      start = end;
      if (c === NO_SESSION || c === problem.session[t]) continue;
      if (!isLeader(problem, t) || (birth !== NO_SESSION && birth !== c)) return TWO_SESSIONS;
      birth = c;
    }
    return birth;
  }

  private remember({ from, to, tie }: Frame): void {
    this.failures.add(this.components.elements, from, to, tie);
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
