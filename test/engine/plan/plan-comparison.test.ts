/** Two plans compared: a step that differs in anything is another step. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { comparePlans } from '../../../src/engine/plan/plan-comparison.ts';
import { StepList } from '../../../src/engine/plan/step-list.ts';

function bearing(exitSignal: number): StepList {
  const steps = new StepList();
  steps.setsid(1);
  steps.clone3(1, 2, 0, [], exitSignal);
  return steps;
}

test('births with different exit signals are different steps', () => {
  const { partAt, onlyInA, onlyInB, births } = comparePlans(bearing(17), bearing(0));
  assert.equal(partAt, 1);
  assert.deepEqual([onlyInA.length, onlyInB.length, births.length], [1, 1, 0]);
  assert.equal(comparePlans(bearing(0), bearing(0)).partAt, null);
});
