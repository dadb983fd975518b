/**
 * Applies the rules of births to all that is known, until nothing new follows or two facts contradict each other.
 *
 * In: elements, notes and knowledge. Out: more of both; `knowledge.contradiction` where there is one.
 * What is found first is found in few steps, because facts wait their turn: proofs stay short.
 * Cost: cubic in the elements at worst; each look at a pair is taken from the budget.
 */

import type { WorkBudget } from '../plan/work-budget.ts';
import { givenBirth, parent, session } from '../proof/facts.ts';
import type { Elements } from './elements.ts';
import { GroupReasoning } from './group-reasoning.ts';
import { type Knowledge, NO_LINE } from './knowledge.ts';
import { NamespaceReasoning } from './namespace-reasoning.ts';
import type { Notes } from './notes.ts';
import { Reasoning } from './reasoning.ts';

export class Deduction extends Reasoning {
  private readonly overNamespaces: NamespaceReasoning | null;
  private readonly groups: GroupReasoning | null;

  constructor(elements: Elements, notes: Notes, known: Knowledge, budget: WorkBudget) {
    super(elements, notes, known, budget);
    this.overNamespaces = elements.overNamespaces ? new NamespaceReasoning(this) : null;
    this.groups = elements.overNamespaces ? new GroupReasoning(this) : null;
  }

  /** What the image says of each process alone. */
  begin(): void {
    const { elements, notes } = this;
    const { image, indexOf } = elements;
    for (const process of elements.concerned) {
      if (process === image.root) continue;
      this.beginParent(process);
      const c = image.session(process);
      if (c !== process && indexOf.has(c)) {
        this.sayAbove('member', [notes.fact(session(image, process))], c, process);
      }
      const ancestor = image.givenBirth(process);
      if (ancestor > 0 && indexOf.has(ancestor)) {
        this.sayAbove('given', [notes.fact(givenBirth(image, process))], ancestor, process);
      }
    }
    this.groups?.begin();
  }

  /** The nearest process that is spoken of above one, if there is no init on the way. */
  private beginParent(process: number): void {
    const { image, indexOf } = this.elements;
    const nearest = image.parent(process);
    for (let p = nearest; p > 0 && !image.isInit(p); p = image.parent(p)) {
      const e = indexOf.get(p);
      if (e !== undefined && this.element(e).isConcerned) {
        if (p === nearest) this.sayAbove('parent', [this.notes.fact(parent(image, process))], p, process);
        else {
          const fact = this.notes.fact({ says: 'ancestor', process, ancestor: p });
          this.sayAbove('heredity', [fact], p, process);
        }
        return;
      }
    }
  }

  run(): void {
    const { known } = this;
    const { queue, count } = known;
    for (let next = 0; next < queue.length; next++) {
      if (known.contradiction !== NO_LINE || this.budget.work <= 0) break;
      const pair = queue[next]!;
      this.applyTo(Math.floor(pair / count), pair % count);
      if (next > 10_000) {
        queue.splice(0, next + 1);
        next = -1;
      }
    }
    queue.length = 0;
  }

  private applyTo(p: number, q: number): void {
    const { known } = this;
    this.budget.work -= 1 + known.uppersOf(p).length + known.lowersOf(q).length;
    if (known.isAbove(q, p)) {
      this.contradict('circle', [known.lineOf(p, q), known.lineOf(q, p)]);
      return;
    }
    this.overNamespaces?.applyTo(p, q);
    this.applySession(p, q);
    this.applyGivenBirth(p, q);
    this.groups?.applyTo(p, q);
    this.close(p, q);
  }

  private close(p: number, q: number): void {
    const { known } = this;
    for (const r of [...known.uppersOf(p)]) {
      if (r !== q && !known.isAbove(r, q))
        this.sayPair('chain', [known.lineOf(r, p), known.lineOf(p, q)], r, q);
    }
    for (const r of [...known.lowersOf(q)]) {
      if (r !== p && !known.isAbove(p, r))
        this.sayPair('chain', [known.lineOf(p, q), known.lineOf(q, r)], p, r);
    }
    if (this.element(p).leads) for (const r of known.lowersOf(q)) known.queue.push(q * known.count + r);
  }

  /** What follows for p, above q, from the session that q was born in. */
  private applySession(p: number, q: number): void {
    const { known, elements } = this;
    const { image, indexOf } = elements;
    const c = this.birthOf(q);
    const upper = this.element(p);
    if (c < 0 || upper.number === c || (upper.number === image.root && upper.leads)) return;
    const fromTheStart = image.isFromOutside(c) || c === image.root;
    const leader = fromTheStart ? -1 : indexOf.get(c);
    if (leader === undefined) return;
    const birth = this.birthOf(p);
    if (birth === c) return;
    const line = known.lineOf(p, q);
    if (birth >= 0) {
      if (leader >= 0 && known.isAbove(p, leader)) return;
      const from = [line, this.birthLine(q), this.birthLine(p)];
      if (leader < 0) this.contradict('passage', from);
      else this.sayPair('passage', from, p, leader);
      return;
    }
    if (leader >= 0 && !known.isAbove(leader, p)) return;
    const { number } = upper;
    const leads = this.notes.fact(
      upper.isPresent ? session(image, number) : { says: 'absent', process: number },
    );
    const from = [line, this.birthLine(q), leads, ...(leader < 0 ? [] : [known.lineOf(leader, p)])];
    const said = this.notes.add('between', from, { says: 'born in session', process: number, session: c });
    known.setBirth(p, c, said);
  }

  /** What follows for p, above q, from the closest alive born ancestor of q. */
  private applyGivenBirth(p: number, q: number): void {
    const { known, notes, elements } = this;
    const { image, indexOf } = elements;
    const { number: process } = this.element(q);
    const { number: upper, isPresent } = this.element(p);
    const ancestor = image.givenBirth(process);
    if (!isPresent || ancestor < 0 || upper === ancestor) return;
    if (upper === image.root && ancestor > 0) return;
    const isTop = ancestor === 0 || ancestor === image.root;
    const x = isTop ? -1 : indexOf.get(ancestor);
    if (x === undefined || (x >= 0 && known.isAbove(p, x))) return;
    const from = [
      notes.fact(givenBirth(image, process)),
      known.lineOf(p, q),
      notes.fact({ says: 'present', process: upper }),
    ];
    if (x < 0) this.contradict('nearest', from);
    else this.sayPair('nearest', from, p, x);
  }
}
