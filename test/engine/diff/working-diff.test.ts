/** The tree at its fullest, just before the first helper dies. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workingDiff } from '../../../src/engine/diff/working-diff.ts';
import { HELPER_ROLES, type HelperList, NO_HELPERS } from '../../../src/engine/plan/helper-list.ts';
import { sessionsImage, steps } from '../kernel/script.ts';

const TREE = sessionsImage([1, 0, 0], [2, 1, 0], [3, 1, 300], [4, 1, 0]);
const PLAN = steps('clone 1 2 · clone 2 300 · setsid 300 · clone 300 3 · exit 300 · wait 2 300 · clone 1 4');
const HELPERS: HelperList = {
  length: 1,
  pid: Int32Array.of(300),
  role: Uint8Array.of(HELPER_ROLES.indexOf('session-leader')),
  servedOffset: Int32Array.of(0, 1),
  served: Int32Array.of(3),
};

test('helpers, branches that hang elsewhere, processes not born yet', () => {
  assert.deepEqual(workingDiff(TREE, PLAN, HELPERS), {
    step: 4,
    helpers: [{ pid: 300, role: 'session-leader', parent: 2, pgid: 300, sid: 300 }],
    elsewhere: [{ pid: 3, parent: 300, expected: 1 }],
    unborn: [4],
    totals: { helpers: 1, elsewhere: 1, unborn: 1 },
    refusal: null,
  });
});

test('lists end at the limit, totals do not', () => {
  const { helpers, elsewhere, unborn, totals } = workingDiff(TREE, PLAN, HELPERS, 0);
  assert.deepEqual([helpers, elsewhere, unborn], [[], [], []]);
  assert.deepEqual(totals, { helpers: 1, elsewhere: 1, unborn: 1 });
});

test('without helpers it is the end, and empty', () => {
  const tree = sessionsImage([1, 0, 0], [2, 1, 0]);
  const { step, helpers, elsewhere, unborn } = workingDiff(tree, steps('clone 1 2'), NO_HELPERS);
  assert.deepEqual([step, helpers, elsewhere, unborn], [1, [], [], []]);
});
