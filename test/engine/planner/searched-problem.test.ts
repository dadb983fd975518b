/** Births that are found in the tied part of a large problem make the origin that they make in the whole. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBirths } from '../../../src/engine/planner/exact-check.ts';
import { findOrigin } from '../../../src/engine/planner/find-origin.ts';
import { problemOf } from '../../../src/engine/planner/problem-of-tree.ts';
import { originFromOrder } from '../../../src/engine/planner/region-trees.ts';
import { searchedProblem } from '../../../src/engine/planner/searched-problem.ts';
import { birthsOfWhole, tiedPart } from '../../../src/engine/planner/tied-part.ts';
import { EVERYTHING, INIT_ROOT } from '../../histories/history-shape.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { historyImage } from '../../histories/random-history.ts';

const ROOTS = [
  INIT_ROOT,
  { ...INIT_ROOT, stays: true },
  { ...INIT_ROOT, pid: 5, isInit: false, session: 100 },
  { ...INIT_ROOT, leads: true, session: 100 },
];

for (let seed = 1; seed <= 60; seed++) {
  test(`random history ${seed}: the same origin`, () => {
    const root = ROOTS[seed % ROOTS.length]!;
    const problem = problemOf(treeOf(historyImage({ ...EVERYTHING, root, seed, alive: 300 + 5 * seed })));
    const searched = searchedProblem(problem);
    assert.ok(searched.problem.size < problem.size && searched.elements > problem.size);
    const found = findOrigin(searched.problem);
    assert.ok(found.verdict === 'reachable');
    const { order } = found;
    const births = birthsOfWhole(problem, tiedPart(problem, problem.size)!, order.birth);
    assert.deepEqual(searched.originFrom(order), originFromOrder(problem, checkBirths(problem, births)!));
  });
}
