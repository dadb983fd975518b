/** Parents that are arranged without plain births are those that are arranged for everybody. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOrigin } from '../../../../src/engine/planner/find-origin.ts';
import { problemOf } from '../../../../src/engine/planner/problem-of-tree.ts';
import { originFromOrder } from '../../../../src/engine/planner/region-trees.ts';
import type { Elements } from '../../../../src/engine/planner/schedule/elements.ts';
import { elementsOf } from '../../../../src/engine/planner/schedule/one-namespace.ts';
import {
  originOfWhole,
  parentageOfWhole,
  withoutPlainBirths,
} from '../../../../src/engine/planner/schedule/plain-births.ts';
import { arrange } from '../../../../src/engine/planner/schedule/schedule.ts';
import { EVERYTHING, INIT_ROOT } from '../../../histories/history-shape.ts';
import { treeOf } from '../../../histories/proven-plan.ts';
import { historyImage } from '../../../histories/random-history.ts';

const ROOTS = [
  INIT_ROOT,
  { ...INIT_ROOT, stays: true },
  { ...INIT_ROOT, pid: 5, isInit: false, session: 100 },
];

const arranged = (elements: Elements, seed: number) =>
  arrange({
    elements,
    allowCloneParent: seed % 5 > 0,
    keepBirths: seed % 4 === 0,
    moveDeaths: seed % 2 === 1,
    withOrigin: (some, origin) => ({ ...some, ...origin }),
  });

for (let seed = 1; seed <= 60; seed++) {
  test(`random history ${seed}: the same parents at birth`, () => {
    const tree = treeOf(historyImage({ ...EVERYTHING, root: ROOTS[seed % 3]!, seed, alive: 10 * seed }));
    const problem = problemOf(tree);
    const found = findOrigin(problem);
    assert.ok(found.verdict === 'reachable');
    const everybody = elementsOf(tree, problem, originFromOrder(problem, found.order));
    const { elements, was } = withoutPlainBirths(everybody);
    assert.ok(was.length < tree.size + elements.creator.length - elements.size);

    const all = arranged(everybody, seed);
    const few = arranged(elements, seed);
    const origin = originOfWhole(everybody, few.elements, was);
    assert.deepEqual(origin.creator, all.elements.creator);
    assert.deepEqual(origin.phase, all.elements.phase);
    assert.deepEqual(parentageOfWhole(origin.creator, few.parentage, was), all.parentage);
    assert.equal(few.deathsMoved, all.deathsMoved);
  });
}
