/**
 * What is reasoned with: the elements, what is known of them, and how a new line is said.
 *
 * Each saying takes the premises and adds a line to the notes; what is known already is not said again. Cost: O(1).
 */

import type { WorkBudget } from '../plan/work-budget.ts';
import { namespace, numbers, session } from '../proof/facts.ts';
import { type Claim, CONTRADICTION, type Fact } from '../proof/proof.ts';
import type { Element, Elements } from './elements.ts';
import { type Knowledge, NO_LINE } from './knowledge.ts';
import type { Notes } from './notes.ts';

export class Reasoning {
  readonly elements: Elements;
  readonly notes: Notes;
  readonly known: Knowledge;
  readonly budget: WorkBudget;
  /** Over several namespaces, by element: elements that are its ancestors inside the one that its parent lives in. */
  readonly inside: readonly (readonly number[])[];

  constructor(elements: Elements, notes: Notes, known: Knowledge, budget: WorkBudget) {
    this.elements = elements;
    this.notes = notes;
    this.known = known;
    this.budget = budget;
    this.inside = elements.overNamespaces ? elements.list.map((e) => ancestorsInside(elements, e)) : [];
  }

  element(e: number): Element {
    return this.elements.list[e]!;
  }

  /** The session that e was born in, −1 where that is open. */
  birthOf(e: number): number {
    const { number, leads } = this.element(e);
    return leads ? (this.known.birthOf(e)?.value ?? -1) : this.elements.image.session(number);
  }

  /** The line that says it. */
  birthLine(e: number): number {
    const { number, leads } = this.element(e);
    if (leads) return this.known.birthOf(e)!.line;
    return this.fact(session(this.elements.image, number));
  }

  /** The line that says where e lives or lived. */
  homeLine(e: number): number {
    const { number: process, isPresent, home, witness } = this.element(e);
    const { image } = this.elements;
    if (isPresent) return this.fact(namespace(image, process));
    const from = [this.fact(numbers(image, witness, 'session')), this.fact({ says: 'absent', process })];
    return this.say('vanished', from, { says: 'lived in', process, namespace: image.namespaceId(home) });
  }

  fact(claim: Fact): number {
    return this.notes.fact(claim);
  }

  say(rule: string, from: readonly number[], claim: Claim): number {
    return this.notes.add(rule, from, claim);
  }

  contradict(rule: string, from: readonly number[]): void {
    if (this.known.contradiction !== NO_LINE) return;
    this.known.contradiction = this.notes.add(rule, from, CONTRADICTION);
  }

  sayPair(rule: string, from: readonly number[], p: number, q: number): void {
    if (p === q || this.known.isAbove(p, q)) return;
    const claim: Claim = { says: 'above', upper: this.element(p).number, lower: this.element(q).number };
    this.known.setAbove(p, q, this.notes.add(rule, from, claim));
  }

  sayAbove(rule: string, from: readonly number[], upper: number, lower: number): void {
    const { indexOf } = this.elements;
    this.sayPair(rule, from, indexOf.get(upper)!, indexOf.get(lower)!);
  }
}

/** Elements on the way up, as long as it stays in the namespace of the parent and meets no init. */
function ancestorsInside(
  { image, indexOf, list }: Elements,
  { number, isPresent, hangsFrom }: Element,
): number[] {
  const found: number[] = [];
  if (!isPresent || number === image.root) return found;
  for (let p = image.parent(number); p > 0 && !image.isInit(p); p = image.parent(p)) {
    if (image.namespace(p) !== hangsFrom) break;
    const at = indexOf.get(p);
    if (at !== undefined && list[at]!.isConcerned) found.push(at);
  }
  return found;
}
