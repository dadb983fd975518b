/**
 * Mutants of proofs are rejected, and every line of a proof follows from its premises: an oracle that shares nothing with
 * the proof system says so. `npm run test:full` takes 10,000 mutants of each sort.
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
import { mutantOf, reordered } from './mutants.ts';
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
  test(`${name}: ${MUTANTS} mutants, all rejected`, (t) => {
    const proofs = sample(sets);
    const random = new SeededRandom(20261128);
    for (let i = 0; i < MUTANTS; i++) {
      const { image, view, proof } = proofs[i % proofs.length]!;
      const mutant = mutantOf(proof, random);
      assert.ok(!checkProof(view, mutant.proof).valid, JSON.stringify({ image, proof, mutant }));
    }
    t.diagnostic(`${proofs.length} proofs`);
  });
}

test('the same lines in another order are rejected, or a proof of the same', (t) => {
  const random = new SeededRandom(20261129);
  let accepted = 0;
  const proofs = sample(SETS);
  for (const { image, view, proof } of proofs) {
    const other = reordered(proof, random);
    if (!checkProof(view, other.proof).valid) continue;
    accepted++;
    assert.equal(
      firstUnsound(new BirthWorlds(image), other.proof),
      -1,
      JSON.stringify({ image, proof, other }),
    );
  }
  t.diagnostic(`${accepted} of ${proofs.length} are proofs`);
});
