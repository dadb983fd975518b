/**
 * Every unreachable small tree is refused with a proof that the checker accepts, and that it no longer accepts when any
 * premise is left out; no reachable small tree can be refuted. Of the large sets a share is taken;
 * `npm run test:full` takes all.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProof } from '../../../src/engine/proof/check-proof.ts';
import { refute } from '../../../src/engine/refute/refute.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { someSmallTrees } from '../planner/small-trees.ts';
import { PROVED_SETS, refusals, viewOf, withoutOnePremise } from './refusals.ts';

for (const set of PROVED_SETS) {
  test(`${set}: every refusal has a proof, every line of which is needed`, (t) => {
    let proofs = 0;
    let steps = 0;
    let most = 0;
    let supposing = 0;
    for (const { view, proof, image } of refusals(set)) {
      const check = checkProof(view, proof);
      assert.ok(check.valid, JSON.stringify({ check, image }));
      proofs++;
      steps += check.steps;
      most = Math.max(most, check.steps);
      if (proof.lines.some(({ rule }) => rule === 'suppose')) supposing++;
      for (const weaker of withoutOnePremise(proof)) {
        assert.ok(!checkProof(view, weaker).valid, JSON.stringify({ weaker, image }));
      }
    }
    t.diagnostic(`${proofs} proofs, ${steps} steps, at most ${most}; ${supposing} with suppositions`);
  });

  test(`${set}: what is reachable cannot be refuted`, () => {
    for (const image of someSmallTrees(set, 'reachable')) {
      const tree = treeOf(image);
      const proof = refute(viewOf(tree), Array.from(tree.pid), { work: 1e7 });
      assert.equal(proof, null, JSON.stringify(image));
    }
  });
}
