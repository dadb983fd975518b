/** Images cut out of a larger system: a root that is no init, in a session and a group from outside with numbers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage, provenPlan, treeOf } from '../../histories/proven-plan.ts';
import { changed } from './tree-notation.ts';

/** pid, parent, group, session. */
function cutOut(...rows: (readonly [number, number, number, number])[]): TreeImage {
  const processes = rows.map(([pid, ppid, pgid, sid]) => ({ pid, ppid, pgid, sid, childSubreaper: false }));
  return { root: rows[0]![0], processes };
}

const outsideOf = (image: TreeImage, code: string): number[] =>
  provenPlan(treeOf(image))
    .diagnostics.filter((finding) => finding.code === code)
    .flatMap(({ pids }) => [...pids]);

test('a root in a session and group from outside keeps them, and so do its children', () => {
  const image = cutOut([5, 0, 100, 100], [6, 5, 100, 100], [7, 6, 7, 7]);
  assert.deepEqual(outsideOf(image, 'SESSION_OUTSIDE'), [5, 6]);
  assert.deepEqual(outsideOf(image, 'GROUP_OUTSIDE'), [5, 6]);
});

test('the group from outside has another number than the session', () => {
  const image = cutOut([5, 0, 102, 100], [6, 5, 102, 100], [7, 5, 7, 100]);
  assert.deepEqual(outsideOf(image, 'GROUP_OUTSIDE'), [5, 6]);
});

test('a process goes back to the group from outside after others joined the group it made', () => {
  provenPlan(treeOf(cutOut([5, 0, 100, 100], [6, 5, 100, 100], [7, 5, 6, 100])));
  provenPlan(treeOf(cutOut([5, 0, 102, 100], [6, 5, 102, 100], [7, 5, 6, 100])));
});

test('the root itself has left the group from outside, where others still are', () => {
  provenPlan(treeOf(cutOut([5, 0, 5, 100], [6, 5, 100, 100], [7, 5, 6, 100])));
  provenPlan(treeOf(cutOut([5, 0, 6, 100], [6, 5, 100, 100], [7, 5, 6, 100])));
});

test('a process joins the group of the session from outside, in which the root is not', () => {
  provenPlan(treeOf(cutOut([5, 0, 102, 100], [6, 5, 100, 100])));
});

test('a dead group in the session from outside is made by a helper', () => {
  assert.equal(provenPlan(treeOf(cutOut([5, 0, 102, 100], [6, 5, 78, 100]))).summary.helpers, 1);
});

test('nobody below the root is in a second session from outside', () => {
  const others = [[6, 5, 0, 0] as const, [6, 5, 1, 1] as const];
  for (const other of others) {
    const { outcome, diagnostics, verification } = planImage(cutOut([5, 0, 100, 100], other));
    assert.equal(outcome, 'unrestorable');
    assert.equal(diagnostics[0]!.code, 'UNRESTORABLE');
    assert.equal(verification?.by, 'proof checker');
  }
});

test('who has no parent in the image may have brought another session from outside than the root', () => {
  const image = cutOut([5, 0, 100, 100], [6, 5, 100, 100], [7, 0, 0, 0], [8, 7, 0, 0]);
  const { steps, helpers, diagnostics } = provenPlan(treeOf(image));
  assert.deepEqual([...steps.actor.subarray(0, steps.length)], [5, 0, 7]);
  assert.equal(helpers.length, 0);
  const said = diagnostics.filter(({ code }) => code === 'SESSION_OUTSIDE').map(({ pids }) => pids);
  assert.deepEqual(said, [
    [5, 6],
    [7, 8],
  ]);
  provenPlan(treeOf(changed(image, { 6: { files: 1 }, 5: { files: 1 }, 7: { files: 7 }, 8: { files: 8 } })));
  const { outcome, diagnostics: told } = planImage(cutOut([5, 0, 100, 100], [7, 0, 1, 1]));
  assert.deepEqual([outcome, told[0]!.detail], ['undecided', { reason: 'born outside' }]);
});

test('who was put in beside a root in the session of the init outside, in its group, has a part of its own', () => {
  provenPlan(treeOf(cutOut([5, 0, 1, 0], [6, 5, 1, 0], [7, 0, 0, 0])));
});

test('who was put in and owns a group may have been moved back into that from outside', () => {
  const { outcome, diagnostics } = planImage(cutOut([5, 0, 5, 5], [6, 0, 0, 0], [7, 6, 6, 0]));
  assert.deepEqual([outcome, diagnostics[0]!.detail.reason], ['undecided', 'outside group']);
  const below = planImage(cutOut([5, 0, 5, 5], [6, 5, 0, 0], [7, 6, 6, 0]));
  assert.deepEqual([below.outcome, below.verification?.by], ['unrestorable', 'proof checker']);
});

test('what was put in beside the root may have a container of its own', () => {
  const inside = { pidns: '1', sid: 8, pgid: 8, nssid: [8, 1], nspgid: [8, 1] };
  const cut = cutOut([5, 0, 100, 100], [7, 0, 0, 0]);
  const container = [
    { pid: 8, ppid: 7, nspid: [8, 1], ...inside },
    { pid: 9, ppid: 8, nspid: [9, 2], ...inside },
  ];
  const pidNamespaces = [
    { id: '0', parent: null, init: null },
    { id: '1', parent: '0', init: 8 },
  ];
  provenPlan(treeOf({ ...cut, pidNamespaces, processes: [...cut.processes, ...container] }));
});

test('nobody is below both the root and somebody who brought another session', () => {
  const dead = cutOut([5, 0, 100, 100], [6, 0, 0, 0], [7, 5, 9, 9], [8, 6, 9, 9]);
  const { outcome, verification } = planImage(dead);
  assert.deepEqual([outcome, verification?.by], ['unrestorable', 'proof checker']);
});

test('members of the session that the root has left for its own need a helper that leads it', () => {
  const { helpers } = provenPlan(treeOf(cutOut([5, 0, 5, 5], [6, 5, 100, 100], [7, 5, 100, 100])));
  assert.deepEqual([...helpers.pid], [100]);
});

test('orphans fall out of a tree whose root is no init', () => {
  provenPlan(treeOf(cutOut([5, 0, 5, 5], [6, 0, 5, 5], [7, 0, 7, 7], [8, 7, 5, 5])));
});

test('orphans stay in it where the root is flagged, whatever its flag is at the end', () => {
  const image = cutOut([5, 0, 5, 5], [6, 5, 6, 6], [7, 5, 6, 6], [8, 0, 6, 6]);
  provenPlan(treeOf(image));
  const flagged = image.processes.map((process) => ({ ...process, childSubreaper: process.pid === 5 }));
  provenPlan(treeOf({ ...image, processes: flagged }));
});

test('the init is in no image that was cut out, although it has a number', () => {
  const image = cutOut([5, 0, 5, 5], [6, 0, 5, 5]);
  provenPlan(treeOf({ ...image, pidNamespaces: [{ id: '0', parent: null, init: 1 }] }));
});

test('helpers avoid the numbers of the session and the group from outside', () => {
  const image = cutOut([5, 0, 301, 300], [6, 5, 6, 6], [7, 6, 7, 7], [8, 5, 7, 7], [9, 6, 301, 300]);
  const { helpers } = provenPlan(treeOf(image), { allowCloneParent: false });
  for (const pid of helpers.pid) assert.ok(pid !== 300 && pid !== 301);
});

test('session 1 is led by the init outside, which no helper can stand for', () => {
  const fromOutside = (...rows: Parameters<typeof cutOut>): number[] =>
    outsideOf(cutOut(...rows), 'SESSION_OUTSIDE');
  assert.deepEqual(fromOutside([6, 0, 6, 6], [7, 6, 7, 1], [8, 6, 1, 1]), [7, 8]);
  assert.deepEqual(fromOutside([15, 0, 15, 15], [18, 15, 18, 18], [20, 15, 1, 1], [22, 15, 18, 18]), [20]);
  assert.deepEqual(fromOutside([4, 0, 1, 1], [5, 4, 1, 1], [6, 4, 6, 6]), [4, 5]);
  assert.equal(planImage(cutOut([4, 0, 100, 100], [5, 4, 100, 1])).outcome, 'unrestorable');
});

test('group 1 is led by the init outside', () => {
  assert.deepEqual(outsideOf(cutOut([6, 0, 1, 0], [9, 6, 9, 9], [10, 6, 1, 0]), 'GROUP_OUTSIDE'), [6, 10]);
  assert.equal(planImage(cutOut([5, 0, 5, 5], [6, 5, 1, 5])).outcome, 'unrestorable');
  assert.equal(planImage(cutOut([5, 0, 100, 100], [6, 5, 1, 100])).outcome, 'unrestorable');
});

test('groups 0 and 1 from outside, of which the root can have come with one only, are left undecided', () => {
  assert.equal(planImage(cutOut([2, 0, 1, 0], [12, 2, 0, 0])).outcome, 'undecided');
});
