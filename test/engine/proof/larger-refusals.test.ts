/**
 * The search for proofs as a decision: of all trees of one more process than the other tests take, those that no history
 * leads to are refuted, each with a proof that the checker accepts, and no longer when any premise is left out; no other
 * one is.
 * `npm run test:full` takes the sizes that need minutes too.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refute } from '../../../src/engine/refute/refute.ts';
import { FULL } from '../../full-size.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { CHAIN, fittingTrees, imageOf, ONE_BELOW, SIBLINGS } from '../planner/nested/enumeration.ts';
import { AcceptedProofs, ONE, viewOf } from './refusals.ts';

/** Forest, processes, trees that fit the local rules, trees that a history leads to (theory 9.1, namespaces.md 10). */
const COUNTS = [
  ['one namespace', ONE, 4, 471, 326],
  ['chain', CHAIN, 3, 112, 70],
  ['siblings', SIBLINGS, 3, 43, 27],
  ['one namespace', ONE, 5, 5475, 2898],
  ['chain', CHAIN, 4, 5868, 3270],
  ['siblings', SIBLINGS, 4, 1760, 1015],
  ['one namespace', ONE, 6, 74_818, 29_306],
  ['a namespace below', ONE_BELOW, 5, 74_058, 35_044],
  ['siblings', SIBLINGS, 5, 62_832, 30_744],
  ['chain', CHAIN, 5, 254_617, 114_757],
] as const;
const SMALL = 3;

for (const [name, forest, n, fitting, reachable] of COUNTS.slice(0, FULL ? COUNTS.length : SMALL)) {
  test(`${name}, ${n} processes: ${fitting - reachable} of ${fitting} trees are refuted`, (t) => {
    let trees = 0;
    let consistent = 0;
    const accepted = new AcceptedProofs();
    for (const shape of fittingTrees(forest, n)) {
      trees++;
      const image = imageOf(forest, shape);
      const tree = treeOf(image);
      const view = viewOf(tree);
      const proof = refute(view, Array.from(tree.pid), { work: 1e7 });
      if (proof) accepted.accept({ image, tree, view, proof });
      else consistent++;
    }
    t.diagnostic(`${accepted}`);
    assert.deepEqual([trees, consistent], [fitting, reachable]);
  });
}
