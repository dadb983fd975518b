/** One problem over all pid namespaces: what must not take more than a pass or two over the tree. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessImage, TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage } from '../../histories/proven-plan.ts';

const LEADERS = 15_000;
/** A pass for each leader would take minutes. */
const LIMIT_MS = 20_000;

/** In a container each leader is the child of the one before, and has a child from before its setsid. */
function chainInContainer(): TreeImage {
  const processes: ProcessImage[] = [
    { pid: 1, ppid: 0, pgid: 1, sid: 1, pidns: '0', nspid: [1], nspgid: [1], nssid: [1] },
  ];
  const inside = (pid: number, ppid: number, leader: number): void => {
    const [nspid, group] = [
      [pid, pid - 1],
      [leader, leader - 1],
    ];
    processes.push({ pid, ppid, pgid: leader, sid: leader, pidns: '1', nspid, nspgid: group, nssid: group });
  };
  inside(2, 1, 2);
  for (let leader = 3, above = 2; processes.length < 2 * LEADERS; above = leader, leader += 2) {
    inside(leader, above, leader);
    inside(leader + 1, leader, above);
  }
  const pidNamespaces = [
    { id: '0', parent: null, init: 1 },
    { id: '1', parent: '0', init: 2 },
  ];
  return { root: 1, pidNamespaces, processes };
}

test('a deep chain of leaders in a container is planned without a helper, in few passes', () => {
  const image = chainInContainer();
  const start = performance.now();
  const { outcome, helpers } = planImage(image);
  assert.equal(outcome, 'restorable');
  assert.equal(helpers.length, 0);
  assert.ok(performance.now() - start < LIMIT_MS);
});
