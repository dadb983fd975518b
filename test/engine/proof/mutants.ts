/** Proofs with something changed: premises, claims, rules, order. Seeded, so that a failure comes again. */

import type { Claim, Line, Proof } from '../../../src/engine/proof/proof.ts';
import { RULE_STATEMENTS } from '../../../src/engine/proof/rule-statements.ts';
import type { SeededRandom } from '../../histories/seeded-random.ts';

type Mutation = (lines: Line[], random: SeededRandom) => Line[] | null;

const RULE_NAMES = Object.keys(RULE_STATEMENTS);

function changed(lines: readonly Line[], at: number, change: Partial<Line>): Line[] {
  return lines.map((line, i) => (i === at ? { ...line, ...change } : line));
}

function withoutLine(lines: readonly Line[], at: number): Line[] {
  const moved = (from: number): number => (from > at ? from - 1 : from);
  return lines.filter((_, i) => i !== at).map((line) => ({ ...line, from: line.from.map(moved) }));
}

/** A line that has premises. */
function stepAt(lines: readonly Line[], random: SeededRandom): number {
  const steps = lines.flatMap(({ from }, i) => (from.length > 0 ? [i] : []));
  return steps[random.below(steps.length)]!;
}

function numbersOf(lines: readonly Line[]): number[] {
  const numbers = new Set([0, 1, 99]);
  for (const { claim } of lines) {
    for (const value of Object.values(claim)) if (typeof value === 'number') numbers.add(value);
  }
  return [...numbers];
}

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a line is gone': (lines, random) => withoutLine(lines, random.below(lines.length)),
  'a premise is gone': (lines, random) => {
    const at = stepAt(lines, random);
    const left = random.below(lines[at]!.from.length);
    return changed(lines, at, { from: lines[at]!.from.filter((_, i) => i !== left) });
  },
  'a premise comes twice': (lines, random) => {
    const at = stepAt(lines, random);
    const { from } = lines[at]!;
    return changed(lines, at, { from: [...from, from[random.below(from.length)]!] });
  },
  'another premise': (lines, random) => {
    const at = stepAt(lines, random);
    const other = random.below(at);
    const which = random.below(lines[at]!.from.length);
    return changed(lines, at, { from: lines[at]!.from.map((from, i) => (i === which ? other : from)) });
  },
  'a later premise': (lines, random) => {
    const at = stepAt(lines, random);
    const which = random.below(lines[at]!.from.length);
    const later = at + random.below(lines.length - at);
    return changed(lines, at, { from: lines[at]!.from.map((from, i) => (i === which ? later : from)) });
  },
  'another number': (lines, random) => {
    const at = random.below(lines.length);
    const { claim } = lines[at]!;
    const fields = Object.entries(claim).filter(([, value]) => typeof value === 'number');
    if (fields.length === 0) return null;
    const [field] = fields[random.below(fields.length)]!;
    const numbers = numbersOf(lines);
    return changed(lines, at, {
      claim: { ...claim, [field]: numbers[random.below(numbers.length)] } as Claim,
    });
  },
  'the other way round': (lines, random) => {
    const at = random.below(lines.length);
    const { claim } = lines[at]!;
    if (claim.says !== 'above') return null;
    return changed(lines, at, { claim: { ...claim, upper: claim.lower, lower: claim.upper } });
  },
  'another rule': (lines, random) =>
    changed(lines, random.below(lines.length), { rule: RULE_NAMES[random.below(RULE_NAMES.length)]! }),
  'the claim of another line': (lines, random) =>
    changed(lines, random.below(lines.length), { claim: lines[random.below(lines.length)]!.claim }),
  'a contradiction at once': (lines, random) =>
    changed(lines, random.below(lines.length), { claim: { says: 'contradiction' } }),
  'it ends before the end': (lines, random) => lines.slice(0, 1 + random.below(lines.length - 1)),
  'a step is a fact': (lines, random) => changed(lines, stepAt(lines, random), { rule: 'image', from: [] }),
};

/** What may leave a proof one: lines that do not rest on each other change places, or premises that are alike. */
const REORDERINGS: typeof MUTATIONS = {
  'premises in another order': (lines, random) => {
    const at = stepAt(lines, random);
    const { from } = lines[at]!;
    if (from.length < 2) return null;
    const first = random.below(from.length - 1);
    const swapped = [...from];
    [swapped[first], swapped[first + 1]] = [from[first + 1]!, from[first]!];
    return changed(lines, at, { from: swapped });
  },
  'two lines change places': (lines, random) => {
    const at = random.below(lines.length - 1);
    const swap = (i: number): number => (i === at ? at + 1 : i === at + 1 ? at : i);
    return lines.map((_, i) => {
      const line = lines[swap(i)]!;
      return { ...line, from: line.from.map(swap) };
    });
  },
};

export interface Mutant {
  readonly kind: string;
  readonly proof: Proof;
}

/** A proof that says something else than the one that is given. */
export function mutantOf(proof: Proof, random: SeededRandom): Mutant {
  return changedBy(MUTATIONS, proof, random);
}

/** The same lines, written in another order. */
export function reordered(proof: Proof, random: SeededRandom): Mutant {
  return changedBy(REORDERINGS, proof, random);
}

function changedBy(ways: typeof MUTATIONS, proof: Proof, random: SeededRandom): Mutant {
  const kinds = Object.keys(ways);
  for (;;) {
    const kind = kinds[random.below(kinds.length)]!;
    const lines = ways[kind]!([...proof.lines], random);
    if (!lines || JSON.stringify(lines) === JSON.stringify(proof.lines)) continue;
    return { kind, proof: { ...proof, lines } };
  }
}
