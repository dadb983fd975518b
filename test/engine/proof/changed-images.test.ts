/**
 * A proof speaks of one image: where a fact that it names is changed so that the tree becomes reachable, the proof no
 * longer holds. Every fact of every proof is changed in every way that changed-facts.ts has; whether the tree is
 * reachable then is decided anew. `npm run test:full` takes all refusals, and those of six processes too.
 */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { checkProof } from '../../../src/engine/proof/check-proof.ts';
import type { Proof } from '../../../src/engine/proof/proof.ts';
import { refute } from '../../../src/engine/refute/refute.ts';
import { buildTree } from '../../../src/engine/tree/build-tree.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import { readTreeValue } from '../../../src/formats/json/tree-json.ts';
import { ReadError } from '../../../src/formats/read-error.ts';
import { DEFAULT_READ_LIMITS } from '../../../src/formats/read-limits.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { scaled, shareOf } from '../../full-size.ts';
import { planImage } from '../../histories/proven-plan.ts';
import { smallTrees } from '../planner/small-trees.ts';
import { changesOf } from './changed-facts.ts';
import { enumeratedRefusals, ONE, PROVED_SETS, type Refusal, refusals, viewOf } from './refusals.ts';

/** Of the larger sets every so many-th refusal is taken within `npm test`. */
const EVERY: Partial<Record<(typeof PROVED_SETS)[number], number>> = {
  'sessions.n4': 10,
  'sessions.n5': 200,
  'zombies.n4': 40,
  'groups.n3': 20,
  'namespaces/one-ns.sessions.n3': 4,
  'namespaces/one-ns.sessions.n4': 200,
  'namespaces/chain.sessions.n3': 4,
  'namespaces/one-ns.groups.n3': 100,
};

for (const set of PROVED_SETS) {
  test(`${set}: a proof does not hold for a reachable tree that differs in a fact it names`, (t) => {
    const known = new Map<string, boolean>();
    const images = shareOf(smallTrees(set, 'unreachable'), EVERY[set] ?? 1);
    holdsForNoReachable(t, refusals(set, images), (image) => {
      const key = JSON.stringify(image);
      const reachable = known.get(key) ?? planImage(image).outcome === 'restorable';
      known.set(key, reachable);
      return reachable;
    });
  });
}

const PROCESSES = scaled(4, 6);

test(`${PROCESSES} processes in sessions: a proof that still holds is one of a tree that is not reachable`, (t) => {
  let changed = 0;
  let held = 0;
  for (const { image, proof } of enumeratedRefusals(ONE, PROCESSES)) {
    for (const [other, tree] of changedTrees(image, proof)) {
      changed++;
      if (!checkProof(viewOf(tree), proof).valid) continue;
      held++;
      // In one pid namespace the search for a proof decides by itself (docs/proofs.md, section 2).
      assert.notEqual(refute(viewOf(tree), Array.from(tree.pid), { work: 1e7 }), null);
      assert.notEqual(planImage(other).outcome, 'restorable', JSON.stringify({ image, other, proof }));
    }
  }
  t.diagnostic(`${changed} changed images, the proof holds for ${held}`);
});

function holdsForNoReachable(
  t: TestContext,
  refused: Iterable<Omit<Refusal, 'tree'>>,
  isReachable: (image: TreeImage) => boolean,
): void {
  let changed = 0;
  let reachable = 0;
  for (const { image, proof } of refused) {
    for (const [other, tree] of changedTrees(image, proof)) {
      changed++;
      if (!isReachable(other)) continue;
      reachable++;
      assert.ok(!checkProof(viewOf(tree), proof).valid, JSON.stringify({ image, other, proof }));
    }
  }
  assert.ok(reachable > 0 || changed < 10);
  t.diagnostic(`${changed} changed images, ${reachable} of them reachable`);
}

function* changedTrees(image: TreeImage, { lines }: Proof): Generator<readonly [TreeImage, ProcessTree]> {
  const claims = lines.map(({ claim }) => claim);
  for (const other of changesOf(image, claims)) {
    const tree = treeIfAny(other);
    if (tree) yield [other, tree];
  }
}

function treeIfAny(image: TreeImage): ProcessTree | null {
  try {
    const built = buildTree(readTreeValue(image, DEFAULT_READ_LIMITS).columns);
    return built.ok ? built.tree : null;
  } catch (error) {
    if (error instanceof ReadError) return null;
    throw error;
  }
}
