/** How far the plans of large random trees are above the bound that `helpersAtLeast` is. */

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { TreeImage } from '../../../../src/formats/tree-image-schema.ts';
import { FULL } from '../../../full-size.ts';
import {
  EVERYTHING,
  SESSIONS_ONLY,
  WITH_GROUPS,
  WITH_SUBREAPERS,
  WITH_ZOMBIES,
} from '../../../histories/history-shape.ts';
import { nestedHistoryImage } from '../../../histories/nested-history.ts';
import { provenPlan, treeOf } from '../../../histories/proven-plan.ts';
import { historyImage } from '../../../histories/random-history.ts';

const SHAPES = { SESSIONS_ONLY, WITH_SUBREAPERS, WITH_ZOMBIES, WITH_GROUPS, EVERYTHING };

/** Sizes, by processes alive, with the number of trees, and how many times the helpers of the bound they may have. */
const SIZES = FULL
  ? [
      { alive: 1000, trees: 20, most: 1.06 },
      { alive: 10_000, trees: 4, most: 1.08 },
      { alive: 100_000, trees: 1, most: 1.12 },
    ]
  : [{ alive: 2000, trees: 2, most: 1.1 }];

/** Plans one tree a seed and holds the helpers of all against the bound. */
function holdAgainstBound(
  t: TestContext,
  trees: number,
  most: number,
  imageOf: (seed: number) => TreeImage,
): void {
  let [helpers, atLeast] = [0, 0];
  for (let seed = 1; seed <= trees; seed++) {
    const { summary } = provenPlan(treeOf(imageOf(seed)));
    helpers += summary.helpers;
    atLeast += summary.helpersAtLeast;
  }
  t.diagnostic(`${helpers} helpers, at least ${atLeast}: ${(helpers / atLeast).toFixed(3)} times`);
  assert.ok(helpers >= atLeast && helpers <= most * atLeast, `${helpers} helpers, at least ${atLeast}`);
}

for (const { alive, trees, most } of SIZES) {
  for (const [name, shape] of Object.entries(SHAPES)) {
    test(`${name}, ${alive} processes: plans have at most ${most} times the helpers of the bound`, (t) => {
      holdAgainstBound(t, trees, most, (seed) => historyImage({ ...shape, seed, alive }));
    });
  }
}

/** The bound sees who has to bring a session into a pid namespace, where no dead leader could. */
const NESTED_SIZES = FULL
  ? [
      { alive: 1000, namespaces: 20, trees: 10, most: 1.15 },
      { alive: 5000, namespaces: 20, trees: 1, most: 1.15 },
      { alive: 1000, namespaces: 5, trees: 4, most: 1.1 },
      { alive: 1000, namespaces: 100, trees: 4, most: 1.22 },
      { alive: 200, namespaces: 20, trees: 12, most: 1.23 },
    ]
  : [{ alive: 1000, namespaces: 20, trees: 1, most: 1.15 }];

for (const { alive, namespaces, trees, most } of NESTED_SIZES) {
  for (const groups of [false, true]) {
    for (const zombies of [false, true]) {
      const name = `${groups ? 'groups' : 'sessions'}${zombies ? ' and zombies' : ''}`;
      test(`${name} over ${namespaces} namespaces, ${alive} processes: at most ${most} times`, (t) => {
        const shape = { calls: 6 * alive, alive, namespaces, levels: 4, groups, zombies, subreapers: true };
        holdAgainstBound(t, trees, most, (seed) => nestedHistoryImage({ ...shape, seed }));
      });
    }
  }
}
