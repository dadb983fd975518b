/** Process groups in plans: made, joined, left, turned in a ring, held by stand-ins. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helperAt } from '../../../../src/engine/plan/helper-list.ts';
import type { TreeImage } from '../../../../src/formats/tree-image-schema.ts';
import { provenPlan, treeOf } from '../../../histories/proven-plan.ts';
import { changed, written } from '../tree-notation.ts';

const FLAT = written('1 > 2; 1 > 3; 1 > 4; 1 > 5');

function helpersOf(image: TreeImage): { pid: number; role: string }[] {
  const { helpers } = provenPlan(treeOf(image));
  return Array.from({ length: helpers.length }, (_, i) => helperAt(helpers, i)).map(({ pid, role }) => ({
    pid,
    role,
  }));
}

test('a group whose owner is in it needs no helper', () => {
  assert.deepEqual(helpersOf(changed(FLAT, { 2: { pgid: 2 }, 3: { pgid: 2 } })), []);
});

test('a group whose owner is dead is made by a helper with its number', () => {
  assert.deepEqual(helpersOf(changed(FLAT, { 2: { pgid: 70 }, 3: { pgid: 70 } })), [
    { pid: 70, role: 'group-leader' },
  ]);
});

test('a dead group may have a number of a dead session: its leader is that helper', () => {
  const image = changed(FLAT, { 2: { sid: 70, pgid: 70 }, 3: { sid: 70, pgid: 70 } });
  assert.deepEqual(helpersOf(image), [{ pid: 70, role: 'session-leader' }]);
});

test('an owner leaves when somebody else is in its group, and so does the next', () => {
  assert.deepEqual(helpersOf(changed(FLAT, { 2: { pgid: 1 }, 3: { pgid: 2 } })), []);
  const chain = { 2: { pgid: 3 }, 3: { pgid: 4 }, 4: { pgid: 5 }, 5: { pgid: 5 } };
  assert.deepEqual(helpersOf(changed(FLAT, chain)), []);
});

test('two owners in each other’s groups turn with the help of a third member', () => {
  assert.deepEqual(helpersOf(changed(FLAT, { 2: { pgid: 3 }, 3: { pgid: 2 } })), []);
});

test('two owners in each other’s groups, with nobody else in the session, need a placeholder', () => {
  const image = changed(written('1(s0) > 2; 1 > 3'), { 2: { pgid: 3 }, 3: { pgid: 2 } });
  assert.deepEqual(helpersOf(image), [{ pid: 300, role: 'placeholder' }]);
});

test('rings of three and more, and several rings in one session, turn', () => {
  const ring = { 2: { pgid: 3 }, 3: { pgid: 4 }, 4: { pgid: 2 } };
  assert.deepEqual(helpersOf(changed(FLAT, ring)), []);
  const two = written('1 > 2; 1 > 3; 1 > 4; 1 > 5; 1 > 6');
  assert.deepEqual(
    helpersOf(changed(two, { 2: { pgid: 3 }, 3: { pgid: 2 }, 4: { pgid: 5 }, 5: { pgid: 4 } })),
    [],
  );
});

test('one placeholder holds the groups of all rings of a session, one after the other', () => {
  const rings = {
    2: { pgid: 3 },
    3: { pgid: 2 },
    4: { pgid: 5 },
    5: { pgid: 4 },
    6: { pgid: 7 },
    7: { pgid: 6 },
  };
  const six = written('1(s0) > 2; 1 > 3; 1 > 4; 1 > 5; 1 > 6; 1 > 7');
  assert.deepEqual(helpersOf(changed(six, rings)), [{ pid: 300, role: 'placeholder' }]);
  const leading = written('1(s1) > 2; 1 > 3; 1 > 4; 1 > 5; 1 > 6; 1 > 7');
  assert.deepEqual(helpersOf(changed(leading, rings)), [{ pid: 300, role: 'placeholder' }]);
});

test('zombies hold groups, and are in the groups of others', () => {
  const image = changed(FLAT, {
    2: { state: 'zombie', pgid: 3 },
    3: { state: 'zombie', pgid: 2, exitStatus: 256 },
    4: { pgid: 2 },
  });
  assert.deepEqual(helpersOf(image), []);
});

test('a group from outside can be left and is never joined', () => {
  const image = changed(written('1(s0) > 2; 1 > 3'), { 2: { pgid: 2 } });
  const { steps } = provenPlan(treeOf(image));
  for (let i = 0; i < steps.length; i++) {
    const step = steps.at(i);
    if (step.op === 'setpgid') assert.equal(step.pgid, 2);
  }
});

test('a carrier of the session takes a dead group’s number', () => {
  const carried = written('1(s1) > 2(s1) > 4(s100); 1 > 3(s1) > 5(s100)');
  const image = changed(carried, { 2: { pgid: 70 } });
  assert.deepEqual(helpersOf(image), [
    { pid: 100, role: 'session-leader' },
    { pid: 70, role: 'group-leader' },
  ]);
});
