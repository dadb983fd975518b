/**
 * Places in a search for births over several pid namespaces: who stands where in the map as far as it has been made.
 *
 * In: the problem with its places; each process or dead leader as it is put below another. Out: whether it can be
 * there. Kept beside the blocks, for every dead leader: the process that it was put below, and the parent outside that it
 * hangs from.
 * Invariant: what is asked about stands on the way from the root, so depths of the way decide who is above whom.
 * Cost: O(1) for a process, O(component) for a component. Kernel rules: those of birth-places.ts.
 */

import { BirthBlocks } from '../../births/birth-blocks.ts';
import type { BirthPlaces } from '../../births/birth-places.ts';
import type { BirthProblem } from '../../births/birth-problem.ts';
import { DEAD, isLeader } from '../../planner/origin-problem.ts';
import {
  type ColumnOf,
  type ElementIndex,
  isProcess,
  type ProcessIndex,
  type SessionIndex,
} from '../../tree/index-kinds.ts';
import type { Component } from './components.ts';
import type { Tops } from './tops.ts';

export class PlacedBirths {
  private readonly problem: BirthProblem;
  private readonly places: BirthPlaces;
  private readonly blocks: BirthBlocks;
  private readonly deadUnder: ColumnOf<ProcessIndex>;
  private readonly deadParent: ColumnOf<ProcessIndex>;

  constructor(problem: BirthProblem, places: BirthPlaces) {
    this.problem = problem;
    this.places = places;
    this.blocks = new BirthBlocks(places, problem.size);
    this.deadUnder = new Int32Array(problem.sessionCount).fill(-1);
    this.deadParent = new Int32Array(problem.sessionCount).fill(-1);
  }

  /**
   * Puts t below `above`, if it can be the next one by birth there.
   * @param birth session that t leads from but must be born in, −1: any
   * @param hangsFrom parent outside of a dead leader t, −1: none in particular
   */
  put(above: ProcessIndex, t: ElementIndex, birth: SessionIndex, hangsFrom: ProcessIndex): boolean {
    const { size } = this.problem;
    return isProcess(t, size) ? this.putProcess(above, t, birth) : this.putDead(above, t - size, hangsFrom);
  }

  private putProcess(above: ProcessIndex, t: ProcessIndex, birth: SessionIndex): boolean {
    const { problem, places, blocks } = this;
    const c = isLeader(problem, t) ? birth : problem.session[t]!;
    const through = c >= 0 && problem.leader[c] === DEAD && this.deadUnder[c] === above;
    const sibling = through ? places.isSiblingOfDead(c, t) : places.isSibling(above, t);
    const ancestor = places.ancestor[t]!;
    if (ancestor > 0 && !sibling && !blocks.joins(ancestor, above)) return false;
    if (through ? !places.bearsThrough(above, c, this.deadParent[c]!, t) : !places.bears(above, t))
      return false;
    blocks.put(t, above);
    return true;
  }

  private putDead(above: ProcessIndex, c: SessionIndex, hangsFrom: ProcessIndex): boolean {
    const { places } = this;
    const p = hangsFrom >= 0 ? hangsFrom : places.deadParent[c]!;
    const ancestor = places.required(p);
    if (ancestor > 0 && !places.isDeadSibling(above, p) && !this.blocks.joins(ancestor, above)) return false;
    if (!places.bearsDead(above, c, p)) return false;
    this.deadUnder[c] = above;
    this.deadParent[c] = p;
    return true;
  }

  /** False where somebody of a component has a required ancestor beyond the block that it would be born into. */
  hasRoom(above: ProcessIndex, { elements, from, to, mark, stamp }: Component): boolean {
    const { places, problem } = this;
    for (let i = from; i < to; i++) {
      const q = elements[i]!;
      const ancestor = places.ancestor[q]!;
      if (q >= problem.size || ancestor === 0 || mark[ancestor] === stamp || places.isBoundary(q)) continue;
      if (!this.blocks.joins(ancestor, above)) return false;
    }
    return true;
  }

  /** What else decides whether a component can be below `above`: equal texts, equal answers. */
  beyondBlock(
    above: ProcessIndex,
    { elements, from, to, mark, stamp }: Component,
    need: SessionIndex,
  ): string {
    const { places } = this;
    let beyond = need >= 0 && this.deadUnder[need] === above ? `dead ${this.deadParent[need]}` : '';
    for (let i = from; i < to; i++) {
      const ancestor = places.ancestor[elements[i]!]!;
      if (ancestor === 0 || mark[ancestor] === stamp) continue;
      if (!this.blocks.joins(ancestor, above)) beyond += ` ${elements[i]}`;
    }
    return beyond;
  }

  /** Adds a dead leader t to the tops once more for each parent outside that it may hang from for the sake of a sibling. */
  addHanging(t: ElementIndex, { elements, from, to }: Component, tops: Tops, found: number[]): void {
    const { problem, places } = this;
    const c = t - problem.size;
    if (places.deadParent[c]! >= 0) return;
    const parents = new Set<number>();
    for (let i = from; i < to; i++) {
      const q = elements[i]!;
      if (q < problem.size && isLeader(problem, q)) parents.add(places.parentForSibling(c, q));
    }
    for (const p of parents) if (p >= 0) found.push(tops.hanging(t, p));
  }
}
