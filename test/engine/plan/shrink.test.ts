/** The smallest part: what is kept, and when it is said to be the smallest. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smallestOf } from '../../../src/engine/plan/shrink.ts';
import { spend } from '../../../src/engine/plan/work-budget.ts';

const WORK = 3_000_000;
const holds = (part: readonly number[]): boolean => [0, 5, 11].every((i) => part.includes(i));

test('nothing is left of which the part holds without it', () => {
  const part = smallestOf(20, [], { work: WORK }, (some) => (holds(some) ? some : null));
  assert.deepEqual(part, { kept: [0, 5, 11], minimal: true });
});

test('one try that is too hard takes no work from the others', () => {
  const part = smallestOf(20, [[1, 2]], { work: WORK }, (some, share) => {
    if (!some.includes(5) && some.length > 8) spend(share, 10 * WORK);
    return holds(some) ? some : null;
  });
  assert.deepEqual(part, { kept: [0, 5, 11], minimal: true });
});

test('where one alone is too hard to judge, the part is not said to be the smallest', () => {
  const part = smallestOf(20, [], { work: WORK }, (some, share) => {
    if (some.includes(5)) return holds(some) ? some : null;
    spend(share, 10 * WORK);
    return null;
  });
  assert.equal(part.minimal, false);
  assert.ok(holds(part.kept));
});
