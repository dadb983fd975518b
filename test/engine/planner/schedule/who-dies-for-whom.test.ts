/** Who dies for whom: carriers, dead leaders and zombies in plans. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helperAt } from '../../../../src/engine/plan/helper-list.ts';
import type { PlanOptions } from '../../../../src/engine/plan/plan-options.ts';
import type { TreeImage } from '../../../../src/formats/tree-image-schema.ts';
import { provenPlan, treeOf } from '../../../histories/proven-plan.ts';
import { changed, written } from '../tree-notation.ts';

function helpersOf(image: TreeImage, options: Partial<PlanOptions> = {}) {
  const { helpers } = provenPlan(treeOf(image), options);
  return Array.from({ length: helpers.length }, (_, i) => helperAt(helpers, i));
}

test('every helper is born once, dies, and is reaped', () => {
  const image = written('1 > 2(s100) > 3(s3*); 1 > 4(s3); 1 > 5(s100)');
  const { steps, helpers } = provenPlan(treeOf(image), { allowCloneParent: false });
  for (const pid of helpers.pid) {
    const does = Array.from({ length: steps.length }, (_, i) => steps.at(i));
    assert.equal(does.filter((step) => step.op === 'clone3' && step.child === pid).length, 1);
    assert.equal(does.filter((step) => step.op === 'exit' && step.pid === pid).length, 1);
    assert.equal(does.filter((step) => step.op === 'wait4' && step.child === pid).length, 1);
  }
});

test('one carrier carries all that go from one creator to one parent', () => {
  const image = written('1 > 2(s2*); 1 > 3(s2); 1 > 4(s2); 1 > 5(s2)');
  const helpers = helpersOf(image, { allowCloneParent: false });
  assert.deepEqual(helpers, [{ pid: 300, role: 'carrier', serves: [3, 4, 5] }]);
  assert.deepEqual(helpersOf(image), []);
});

test('members of a dead session at two parents need no second helper', () => {
  const helpers = helpersOf(written('1 > 2; 2 > 3(s100); 1 > 4(s100)'));
  assert.deepEqual(helpers, [{ pid: 100, role: 'session-leader', serves: [4, 3] }]);
});

test('a zombie sibling dies for those who need a carrier', () => {
  const image = changed(written('1 > 2(s2*) > 3(s2); 1 > 4(s2)'), { 3: { state: 'zombie', exitStatus: 15 } });
  assert.deepEqual(helpersOf(image, { allowCloneParent: false }), []);
});
