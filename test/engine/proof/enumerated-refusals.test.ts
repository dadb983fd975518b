/**
 * Every unreachable small tree is refused with a proof that the checker accepts, and that it no longer accepts when any
 * premise is left out; no reachable small tree can be refuted. Of the large sets a share is taken;
 * `npm run test:full` takes all.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refute } from '../../../src/engine/refute/refute.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { someSmallTrees } from '../planner/small-trees.ts';
import { AcceptedProofs, PROVED_SETS, refusals, viewOf } from './refusals.ts';

for (const set of PROVED_SETS) {
  test(`${set}: every refusal has a proof, every line of which is needed`, (t) => {
    const accepted = new AcceptedProofs();
    for (const refusal of refusals(set)) accepted.accept(refusal);
    t.diagnostic(`${accepted}`);
  });

  test(`${set}: what is reachable cannot be refuted`, () => {
    for (const image of someSmallTrees(set, 'reachable')) {
      const tree = treeOf(image);
      const proof = refute(viewOf(tree), Array.from(tree.pid), { work: 1e7 });
      assert.equal(proof, null, JSON.stringify(image));
    }
  });
}
