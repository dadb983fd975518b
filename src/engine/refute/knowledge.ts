/**
 * What is known about births at some point of a refutation: each fact with the line of the proof that says it.
 *
 * In: facts with their lines. Out: who is above whom, and what else is known of each element, in O(1).
 * Facts are only added; where a supposition is given up, `goBack` takes away what was added since. New facts wait in a
 * queue until the rules have been applied to them. Memory: one number a pair of elements.
 */

import type { Elements } from './elements.ts';

export const NO_LINE = -1;

export interface Known {
  readonly value: number;
  readonly line: number;
}

export class Knowledge {
  readonly count: number;
  /** Pairs (upper, lower) whose rules are still to be applied, as upper × count + lower. */
  readonly queue: number[] = [];
  /** The line that says a contradiction. */
  contradiction = NO_LINE;
  private readonly above: Int32Array;
  private readonly uppers: number[][];
  private readonly lowers: number[][];
  private readonly births: (Known | null)[];
  private readonly siblings: (Known | null)[];
  private readonly birthGroups: (Known | null)[];
  private readonly groupsOnTheWay: Known[][];
  private readonly undo: (() => void)[] = [];

  constructor({ list }: Elements) {
    this.count = list.length;
    this.above = new Int32Array(this.count * this.count).fill(NO_LINE);
    this.uppers = list.map(() => []);
    this.lowers = list.map(() => []);
    this.births = list.map(() => null);
    this.siblings = list.map(() => null);
    this.birthGroups = list.map(() => null);
    this.groupsOnTheWay = list.map(() => []);
  }

  /** The line that says that p is above q. */
  lineOf(p: number, q: number): number {
    return this.above[p * this.count + q]!;
  }

  isAbove(p: number, q: number): boolean {
    return this.lineOf(p, q) !== NO_LINE;
  }

  uppersOf(q: number): readonly number[] {
    return this.uppers[q]!;
  }

  lowersOf(p: number): readonly number[] {
    return this.lowers[p]!;
  }

  setAbove(p: number, q: number, line: number): void {
    const at = p * this.count + q;
    this.above[at] = line;
    this.lowers[p]!.push(q);
    this.uppers[q]!.push(p);
    this.queue.push(at);
    this.undo.push(() => {
      this.above[at] = NO_LINE;
      this.lowers[p]!.pop();
      this.uppers[q]!.pop();
    });
  }

  /** Rules are to be applied again to all that is above or below e. */
  lookAgainAt(e: number): void {
    for (const q of this.lowers[e]!) this.queue.push(e * this.count + q);
    for (const p of this.uppers[e]!) this.queue.push(p * this.count + e);
  }

  birthOf(e: number): Known | null {
    return this.births[e]!;
  }

  setBirth(e: number, session: number, line: number): void {
    this.set(this.births, e, session, line);
  }

  /** Parent of the siblings that e made by CLONE_PARENT. */
  siblingsOf(e: number): Known | null {
    return this.siblings[e]!;
  }

  setSiblings(e: number, parent: number, line: number): void {
    this.set(this.siblings, e, parent, line);
  }

  /** The group that e was born in. */
  birthGroupOf(e: number): Known | null {
    return this.birthGroups[e]!;
  }

  setBirthGroup(e: number, group: number, line: number): void {
    this.set(this.birthGroups, e, group, line);
  }

  /** Groups that e was in at some time. */
  groupsOf(e: number): readonly Known[] {
    return this.groupsOnTheWay[e]!;
  }

  addGroup(e: number, group: number, line: number): void {
    this.groupsOnTheWay[e]!.push({ value: group, line });
    this.undo.push(() => this.groupsOnTheWay[e]!.pop());
  }

  private set(column: (Known | null)[], e: number, value: number, line: number): void {
    column[e] = { value, line };
    this.lookAgainAt(e);
    this.undo.push(() => {
      column[e] = null;
    });
  }

  /** To be handed to `goBack`. */
  mark(): number {
    return this.undo.length;
  }

  goBack(mark: number): void {
    while (this.undo.length > mark) this.undo.pop()!();
    this.queue.length = 0;
    this.contradiction = NO_LINE;
  }
}
