/**
 * Looks for a proof that no history leads to an image.
 *
 * In: an image, the pids that a conflict is about, and a budget. Out: a proof, which nobody has to believe (proof/
 * checks it); or null: what is said of these processes does not contradict itself, or the budget was spent.
 * A local rule comes first. Then the rules of births are applied until nothing new follows. Where two processes are
 * above a third and it is open which of them is above the other, one order is supposed; if that contradicts itself the
 * other one remains. Orders that contradict at once are looked for first. In one pid namespace, where every order is
 * settled without a contradiction, births can be read off (docs/proofs.md, section 2): the search is complete there.
 * Cost: cubic in the elements for each supposition; exponential in open orders at worst, within the budget.
 */

import type { WorkBudget } from '../plan/work-budget.ts';
import { givenBirth } from '../proof/facts.ts';
import type { Image } from '../proof/image.ts';
import { CONTRADICTION, type Proof, REMAINS, SUPPOSE } from '../proof/proof.ts';
import { BROKEN_BY_ITSELF } from '../proof/rules.ts';
import { Deduction } from './apply-rules.ts';
import { elementsOf } from './elements.ts';
import { foreignOwner } from './group-reasoning.ts';
import { Knowledge, NO_LINE } from './knowledge.ts';
import { Notes } from './notes.ts';

/** Elements that a proof is looked for among. */
export const MOST_ELEMENTS = 600;
/** Processes up to which every two are looked at for a local rule. */
const MOST_PAIRED = 200;
/** Open orders that are tried, each way, before one is supposed. */
const MOST_TRIED = 200;

export function refute(image: Image, pids: readonly number[], budget: WorkBudget): Proof | null {
  const elements = elementsOf(image, pids);
  const notes = new Notes();
  const local =
    givenToNobody(image, pids, notes) ??
    brokenRule(image, elements.concerned, notes) ??
    foreignOwner({ elements, notes });
  if (local !== null) return notes.proofOf(image, local);
  if (elements.list.length > MOST_ELEMENTS) return null;
  const known = new Knowledge(elements);
  const reasoning = new Deduction(elements, notes, known, budget);
  reasoning.begin();
  const contradiction = refuteKnown(reasoning);
  return contradiction === NO_LINE ? null : notes.proofOf(image, contradiction);
}

/** A given birth that names who is not there, or that no process has. */
function givenToNobody(image: Image, pids: readonly number[], notes: Notes): number | null {
  for (const process of pids) {
    const ancestor = image.givenBirth(process);
    if (ancestor <= 0) continue;
    const given = notes.fact(givenBirth(image, process));
    const absent = [process, ancestor].find((pid) => !image.has(pid));
    if (absent !== undefined)
      return notes.add('nobody', [given, notes.fact({ says: 'absent', process: absent })], CONTRADICTION);
    if (ancestor === process) return notes.add('nobody', [given], CONTRADICTION);
    if (process === image.root)
      return notes.add('nobody', [given, notes.fact({ says: 'root', process })], CONTRADICTION);
  }
  return null;
}

function brokenRule(image: Image, pids: readonly number[], notes: Notes): number | null {
  if (pids.length > MOST_PAIRED) return null;
  for (const [name, rule] of Object.entries(BROKEN_BY_ITSELF)) {
    for (const i of pids) {
      for (const j of pids) {
        const facts = rule.broken(image, i, j);
        if (!facts) continue;
        return notes.add(
          name,
          facts.map((fact) => notes.fact(fact)),
          CONTRADICTION,
        );
      }
    }
  }
  return null;
}

/** The line that contradicts what is known; NO_LINE where nothing does. */
function refuteKnown(reasoning: Deduction): number {
  const { known, budget } = reasoning;
  for (;;) {
    reasoning.run();
    if (known.contradiction !== NO_LINE) return known.contradiction;
    if (budget.work <= 0) return NO_LINE;
    const open = openOrders(reasoning);
    if (open.length === 0) return NO_LINE;
    if (settledByTrying(reasoning, open)) continue;
    const order = open[0]!;
    const refuted = suppose(reasoning, order, order[0], order[1], () => refuteKnown(reasoning));
    if (!refuted) return NO_LINE;
  }
}

/** Two that are above a third, and it is open which of them is above the other: (first, second, third). */
type OpenOrder = readonly [number, number, number];

function openOrders({ known, budget }: Deduction): OpenOrder[] {
  const open: OpenOrder[] = [];
  const seen = new Set<number>();
  for (let q = 0; q < known.count; q++) {
    const uppers = known.uppersOf(q);
    for (let i = 0; i < uppers.length; i++) {
      for (let j = i + 1; j < uppers.length; j++) {
        const [a, b] = [Math.min(uppers[i]!, uppers[j]!), Math.max(uppers[i]!, uppers[j]!)];
        if (known.isAbove(a, b) || known.isAbove(b, a) || seen.has(a * known.count + b)) continue;
        seen.add(a * known.count + b);
        open.push([a, b, q]);
      }
    }
    budget.work -= 1 + ((uppers.length * uppers.length) >> 4);
    if (budget.work <= 0) return [];
  }
  return open;
}

/** True: one order contradicts itself at once, so the other one is known now. */
function settledByTrying(reasoning: Deduction, open: readonly OpenOrder[]): boolean {
  for (const order of open.slice(0, MOST_TRIED)) {
    const [a, b] = order;
    for (const [upper, lower] of [
      [a, b],
      [b, a],
    ] as const) {
      const tried = suppose(reasoning, order, upper, lower, () => {
        reasoning.run();
        return reasoning.known.contradiction;
      });
      if (tried) return true;
      if (reasoning.budget.work <= 0) return false;
    }
  }
  return false;
}

/**
 * Supposes that a is above b and lets `look` look for a contradiction.
 * @returns true: there is one, and so it is known now that b is above a
 */
function suppose(
  { known, notes, elements }: Deduction,
  [first, second, third]: OpenOrder,
  a: number,
  b: number,
  look: () => number,
): boolean {
  const number = (e: number): number => elements.list[e]!.number;
  const either = notes.add('comparable', [known.lineOf(first, third), known.lineOf(second, third)], {
    says: 'one above the other',
    first: number(first),
    second: number(second),
  });
  const supposition = notes.add(SUPPOSE, [either], { says: 'above', upper: number(a), lower: number(b) });
  const mark = known.mark();
  known.setAbove(a, b, supposition);
  const contradiction = look();
  known.goBack(mark);
  if (contradiction === NO_LINE) return false;
  known.setAbove(
    b,
    a,
    notes.add(REMAINS, [either, supposition, contradiction], {
      says: 'above',
      upper: number(b),
      lower: number(a),
    }),
  );
  return true;
}
