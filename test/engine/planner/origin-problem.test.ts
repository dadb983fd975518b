/** The origin problem: who leads which session, and what session 0 is. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DEAD,
  elementLeads,
  isElement,
  LED_OUTSIDE,
  leaderElement,
  NO_LEADER,
  originProblem,
  regionTop,
} from '../../../src/engine/planner/origin-problem.ts';

const problem = (pids: number[], parents: number[], sids: number[]) =>
  originProblem(pids.length, Int32Array.from(parents), Int32Array.from(pids), Int32Array.from(sids));

test('a root that leads, with nobody outside: session 0 is its own', () => {
  const found = problem([1, 2, 3], [-1, 0, 0], [1, 2, 100])!;
  assert.equal(found.rootSession, 0);
  assert.equal(found.outside, -1);
  assert.deepEqual([...found.leader], [0, 1, DEAD]);
});

test('a root in the outside session: session 0 is that one, and nobody leads it', () => {
  const found = problem([1, 2], [-1, 0], [0, 2])!;
  assert.equal(found.outside, 0);
  assert.equal(found.rootSession, -1);
  assert.deepEqual([...found.leader], [LED_OUTSIDE, 1]);
});

test('a root that leads while the outside session is in use: session 0 joins both and has no members', () => {
  const found = problem([1, 2], [-1, 0], [1, 0])!;
  assert.ok(found.rootHasTwoRegions);
  assert.deepEqual([...found.leader], [NO_LEADER, LED_OUTSIDE, 0]);
  assert.deepEqual([...found.session], [2, 1]);
  assert.equal(regionTop(found, 1), 0);
  assert.equal(regionTop(found, 2), 0);
});

test('a root in a session that it neither leads nor was born in is no problem to solve', () => {
  assert.equal(problem([1, 2], [-1, 0], [2, 2]), null);
});

test('dead leaders are elements behind the processes, living leaders are themselves', () => {
  const found = problem([1, 2, 3], [-1, 0, 0], [1, 2, 100])!;
  assert.equal(leaderElement(found, 1), 1);
  assert.equal(leaderElement(found, 2), 5);
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((e) => isElement(found, e)),
    [true, true, true, false, false, true],
  );
  assert.deepEqual(
    [0, 1, 2, 5].map((e) => elementLeads(found, e)),
    [true, true, false, true],
  );
});
