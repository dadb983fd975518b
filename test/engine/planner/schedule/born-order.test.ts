/** Numbering in born order changes indexes and nothing else. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOrigin } from '../../../../src/engine/planner/find-origin.ts';
import { problemOf } from '../../../../src/engine/planner/problem-of-tree.ts';
import { originFromOrder } from '../../../../src/engine/planner/region-trees.ts';
import { inBornOrder } from '../../../../src/engine/planner/schedule/born-order.ts';
import { elementsOf } from '../../../../src/engine/planner/schedule/one-namespace.ts';
import { preorderOf } from '../../../../src/engine/planner/schedule/origin-walk.ts';
import { withoutPlainBirths } from '../../../../src/engine/planner/schedule/plain-births.ts';
import { EVERYTHING, INIT_ROOT } from '../../../histories/history-shape.ts';
import { treeOf } from '../../../histories/proven-plan.ts';
import { historyImage } from '../../../histories/random-history.ts';

const ROOTS = [
  INIT_ROOT,
  { ...INIT_ROOT, stays: true },
  { ...INIT_ROOT, pid: 5, isInit: false, session: 100 },
];

for (let seed = 1; seed <= 30; seed++) {
  test(`random history ${seed}: the same elements in born order`, () => {
    const tree = treeOf(historyImage({ ...EVERYTHING, root: ROOTS[seed % 3]!, seed, alive: 10 * seed }));
    const problem = problemOf(tree);
    const found = findOrigin(problem);
    assert.ok(found.verdict === 'reachable');
    const whole = elementsOf(tree, problem, originFromOrder(problem, found.order));
    const left = withoutPlainBirths(whole);
    const { elements, was } = inBornOrder(left);

    assert.deepEqual(Int32Array.from(was).sort(), Int32Array.from(left.was).sort());
    assert.equal(elements.size, left.elements.size);
    for (let e = 0; e < was.length; e++) {
      assert.equal(e < elements.size, was[e]! < tree.size);
      for (const column of ['phase', 'leads', 'dies'] as const)
        assert.equal(elements[column][e], whole[column][was[e]!]);
      for (const column of ['creator', 'wanted'] as const) {
        const other = elements[column][e]!;
        assert.equal(other < 0 ? other : was[other], whole[column][was[e]!]);
      }
    }

    const born = preorderOf(elements);
    assert.deepEqual(
      born.map((e) => was[e]!),
      preorderOf(left.elements).map((e) => left.was[e]!),
    );
    for (const kind of [born.filter((e) => e < elements.size), born.filter((e) => e >= elements.size)])
      assert.deepEqual(kind, Int32Array.from(kind).sort());
  });
}
