/** Hand-written plans, replayed: the Habr puzzle in 22 and in 19 steps, and a session led inside a namespace. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verify } from '../../../src/engine/diff/verify.ts';
import { image, sessionsImage, steps } from '../kernel/script.ts';

const HABR = sessionsImage(
  [1, 0, 1],
  [6, 1, 6],
  [8, 6, 7],
  [15, 6, 12],
  [10, 1, 10],
  [11, 10, 7],
  [13, 10, 12],
);

const HABR_22 = `
  setsid 1 · clone 1 6 · setsid 6 · clone 6 300 · clone 300 10 · setsid 10
  clone 10 7 · setsid 7 · clone 7 8 · clone 7 11 P · clone 10 12 · setsid 12
  clone 12 15 · clone 12 13 P · flag 6 · exit 7 · wait 10 7 · exit 12
  wait 10 12 · unflag 6 · exit 300 · wait 6 300`;

const HABR_19 = `
  setsid 1 · clone 1 6 · setsid 6 · clone 6 7 · setsid 7 · clone 7 8 P · clone 7 10
  clone 10 11 · setsid 10 · clone 10 12 · setsid 12 · clone 12 15 · clone 12 13 P
  flag 6 · exit 12 · wait 10 12 · unflag 6 · exit 7 · wait 6 7`;

for (const [name, script, count] of [
  ['22 steps', HABR_22, 22],
  ['19 steps', HABR_19, 19],
] as const) {
  test(`the Habr puzzle in ${name}`, () => {
    const answer = verify(HABR, steps(script));
    assert.deepEqual(answer, {
      by: 'simulator',
      stepsExecuted: count,
      processesCompared: 7,
      differences: 0,
    });
  });
}

test('a session led by a dead leader inside a namespace', () => {
  const tree = image(
    [
      { pid: 1, ppid: 0, sid: 0, nspid: [1], nspgid: [0], nssid: [0] },
      { pid: 2, ppid: 1, sid: 0, namespace: 1, nspid: [2, 1], nspgid: [0, 0], nssid: [0, 0] },
      { pid: 3, ppid: 1, sid: 100, namespace: 1, nspid: [3, 53], nspgid: [100, 200], nssid: [100, 200] },
    ],
    [
      { id: '0', parent: null, init: 1 },
      { id: '1', parent: '0', init: 2 },
    ],
  );
  const plan = steps(`
    clone 1 2,1 N · setns 1 2 · clone 1 100,200 · setns 1 1 · setsid 100
    clone 100 3,53 P · exit 100 · wait 1 100`);
  assert.deepEqual(verify(tree, plan), {
    by: 'simulator',
    stepsExecuted: 8,
    processesCompared: 3,
    differences: 0,
  });
});
