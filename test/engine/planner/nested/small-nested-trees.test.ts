/** The exhaustive sets with nested pid namespaces: every reachable tree is planned, every other one is refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planImage, provenPlan, treeOf } from '../../../histories/proven-plan.ts';
import { NESTED_SETS, someSmallTrees } from '../small-trees.ts';

for (const set of NESTED_SETS) {
  test(`${set}: every reachable tree is planned`, (t) => {
    const trees = someSmallTrees(set, 'reachable');
    let helpers = 0;
    let optimum = 0;
    for (const image of trees) {
      helpers += provenPlan(treeOf(image)).summary.helpers;
      optimum += image.minHelpers ?? 0;
    }
    t.diagnostic(`${trees.length} trees, ${helpers} helpers; known optimum ${optimum}`);
  });

  test(`${set}: every unreachable tree is refused, with a minimal conflict`, () => {
    for (const image of someSmallTrees(set, 'unreachable')) {
      const { outcome, diagnostics } = planImage(image);
      assert.equal(outcome, 'unrestorable', JSON.stringify(image));
      assert.equal(diagnostics[0]!.detail.minimal, true);
    }
  });
}
