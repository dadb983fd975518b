/**
 * Mutants of proofs are rejected. The few that the checker accepts are still proofs of the same refusal: an oracle that
 * shares nothing with the proof system says that each of their lines follows from its premises.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProof } from '../../../src/engine/proof/check-proof.ts';
import { IMAGE, type Proof, REMAINS, SUPPOSE } from '../../../src/engine/proof/proof.ts';
import { BROKEN_BY_ITSELF } from '../../../src/engine/proof/rules.ts';
import { scaled } from '../../full-size.ts';
import { SeededRandom } from '../../histories/seeded-random.ts';
import { type NestedSet, type SmallSet, smallTrees } from '../planner/small-trees.ts';
import { BirthWorlds, MOST_ELEMENTS } from './birth-worlds.ts';
import { mutantOf } from './mutants.ts';
import { type Refusal, refusals } from './refusals.ts';

const MUTANTS = scaled(1_000, 10_000);

/** By set: every so many-th refusal. */
const SETS: Readonly<Partial<Record<SmallSet | NestedSet, number>>> = {
  'sessions.n3': 1,
  'sessions.n4': 2,
  'sessions.n5': 60,
  'zombies.n4': 20,
  'groups.n3': 20,
};
const NESTED: typeof SETS = {
  'namespaces/one-ns.sessions.n3': 2,
  'namespaces/one-ns.sessions.n4': 30,
  'namespaces/chain.sessions.n3': 2,
  'namespaces/siblings.sessions.n3': 1,
  'namespaces/one-ns.groups.n3': 40,
};

function sample(sets: typeof SETS): Refusal[] {
  return Object.entries(sets).flatMap(([set, every]) => [
    ...refusals(
      set as SmallSet | NestedSet,
      smallTrees(set as SmallSet | NestedSet, 'unreachable').filter((_, i) => i % every! === 0),
    ),
  ]);
}

/** The first line that does not follow from its premises in some world; −1: there is none. */
function firstUnsound(worlds: BirthWorlds, { lines }: Proof): number {
  return lines.findIndex((line) => {
    if (line.rule === IMAGE || line.rule === SUPPOSE || line.rule === REMAINS) return false;
    if (BROKEN_BY_ITSELF[line.rule] || line.rule === 'N6' || line.rule === 'always in group') return false;
    return !worlds.follows(
      line.from.map((premise) => lines[premise]!.claim),
      line,
    );
  });
}

test('every line of every proof in one pid namespace follows from its premises in all worlds of births', (t) => {
  let lines = 0;
  for (const { image, proof } of sample(SETS)) {
    const worlds = new BirthWorlds(image);
    if (worlds.elements.length > MOST_ELEMENTS) continue;
    assert.equal(firstUnsound(worlds, proof), -1, JSON.stringify({ image, proof }));
    lines += proof.lines.length;
  }
  t.diagnostic(`${lines} lines`);
});

for (const [name, sets] of Object.entries({ 'one pid namespace': SETS, 'nested pid namespaces': NESTED })) {
  test(`${name}: ${MUTANTS} mutants are rejected, or proofs of the same refusal`, (t) => {
    const proofs = sample(sets);
    const random = new SeededRandom(20261128);
    const worldsOf = new Map<Proof, BirthWorlds>();
    const accepted = new Map<string, number>();
    for (let i = 0; i < MUTANTS; i++) {
      const { image, view, proof } = proofs[i % proofs.length]!;
      const mutant = mutantOf(proof, random);
      if (!checkProof(view, mutant.proof).valid) continue;
      accepted.set(mutant.kind, (accepted.get(mutant.kind) ?? 0) + 1);
      const told = JSON.stringify({ image, proof, mutant });
      if (sets === SETS) {
        const worlds = worldsOf.get(proof) ?? new BirthWorlds(image);
        worldsOf.set(proof, worlds);
        assert.equal(firstUnsound(worlds, mutant.proof), -1, told);
      } else assert.ok(HARMLESS.includes(mutant.kind), told);
    }
    const kinds = [...accepted].map(([kind, times]) => `${kind}: ${times}`).join('; ');
    t.diagnostic(`${proofs.length} proofs; still proofs of the same refusal: ${kinds}`);
  });
}

/** What leaves a proof one: lines that do not rest on each other may change places, and so may premises that are alike. */
const HARMLESS = ['two lines change places', 'premises in another order'];
