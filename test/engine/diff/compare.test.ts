/** What the comparison with the image finds. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareWithImage } from '../../../src/engine/diff/compare.ts';
import { verify } from '../../../src/engine/diff/verify.ts';
import { replay } from '../../../src/engine/kernel/replay.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import { type ImageNamespaces, image, sessionsImage, steps } from '../kernel/script.ts';

function differences(tree: ProcessTree, script: string): unknown {
  const { kernel, refusal } = replay(tree, steps(script));
  assert.equal(refusal, null);
  return compareWithImage(tree, kernel).differences;
}

test('parent, session and group', () => {
  const tree = sessionsImage([1, 0, 1], [2, 1, 2], [3, 2, 3]);
  assert.deepEqual(differences(tree, 'setsid 1 · clone 1 2 · clone 1 3 · setsid 3 · setpgid 2 2 2'), [
    { kind: 'field', pid: 2, field: 'sid', expected: 2, actual: 1 },
    { kind: 'field', pid: 3, field: 'ppid', expected: 2, actual: 1 },
  ]);
});

test('processes missing, helpers left, children nobody waited for', () => {
  const tree = sessionsImage([1, 0, 0], [2, 1, 0], [3, 1, 0]);
  assert.deepEqual(differences(tree, 'clone 1 2 · clone 2 300 · clone 300 301 · exit 300'), [
    { kind: 'missing', pid: 3 },
    { kind: 'extra', pid: 300, ppid: 2, state: 'zombie' },
    { kind: 'extra', pid: 301, ppid: 1, state: 'alive' },
  ]);
});

test('state, exit status and flag', () => {
  const tree = image([
    { pid: 1, ppid: 0, sid: 0 },
    { pid: 2, ppid: 1, sid: 0, zombie: true, exitStatus: 1792 },
    { pid: 3, ppid: 1, sid: 0, zombie: true },
    { pid: 4, ppid: 1, sid: 0, subreaper: true },
    { pid: 5, ppid: 1, sid: 0 },
  ]);
  const script = 'clone 1 2 · exit 2 15 · clone 1 3 · clone 1 4 · clone 1 5 · flag 5';
  assert.deepEqual(differences(tree, script), [
    { kind: 'field', pid: 2, field: 'exitStatus', expected: 1792, actual: 15 },
    { kind: 'field', pid: 3, field: 'state', expected: 'zombie', actual: 'alive' },
    { kind: 'field', pid: 4, field: 'childSubreaper', expected: true, actual: false },
    { kind: 'field', pid: 5, field: 'childSubreaper', expected: false, actual: true },
  ]);
});

test('a thread id that somebody still uses', () => {
  const tree = image([
    { pid: 1, ppid: 0, sid: 0 },
    { pid: 2, ppid: 1, sid: 0, threads: [20, 21] },
    { pid: 3, ppid: 1, sid: 0 },
  ]);
  const script = 'clone 1 20 · setpgid 20 20 20 · clone 20 3 · exit 20 · wait 1 20 · clone 1 2';
  assert.deepEqual(differences(tree, script), [
    { kind: 'field', pid: 3, field: 'pgid', expected: 0, actual: 20 },
    { kind: 'field', pid: 2, field: 'threads', expected: [20, 21], actual: [21] },
  ]);
  assert.deepEqual(differences(tree, 'clone 1 20 · clone 1 2 · clone 1 3 · exit 20 · wait 1 20'), []);
});

const TWO: ImageNamespaces[] = [
  { id: '0', parent: null, init: 1 },
  { id: 'inner', parent: '0', init: 2 },
];
const NESTED = image(
  [
    { pid: 1, ppid: 0, sid: 0, nspid: [1], nspgid: [0], nssid: [0] },
    { pid: 2, ppid: 1, sid: 2, namespace: 1, nspid: [2, 1], nspgid: [2, 1], nssid: [2, 1] },
    { pid: 3, ppid: 2, sid: 2, namespace: 1, nspid: [3, 7], nspgid: [2, 1], nssid: [2, 1] },
  ],
  TWO,
);

test('numbers of the levels below', () => {
  assert.deepEqual(differences(NESTED, 'clone 1 2,1 N · setsid 2 · clone 2 3,7'), []);
  assert.deepEqual(differences(NESTED, 'clone 1 2,1 N · setsid 2 · clone 2 3,8'), [
    { kind: 'field', pid: 3, field: 'nspid', expected: [3, 7], actual: [3, 8] },
  ]);
});

test('the namespace', () => {
  assert.deepEqual(differences(NESTED, 'clone 1 2,1 N · setsid 2 · clone 2 3,9,1 N'), [
    {
      kind: 'field',
      pid: 3,
      field: 'pidns',
      expected: 'inner',
      actual: 'a namespace that the image does not have',
    },
  ]);
});

test('the list ends at the limit, the total counts on', () => {
  const tree = sessionsImage([1, 0, 0], [2, 1, 0], [3, 1, 0], [4, 1, 0]);
  const { total, differences: listed, compared } = compareWithImage(tree, replay(tree, steps('')).kernel, 2);
  assert.deepEqual([total, listed.length, compared], [3, 2, 1]);
});

test('verification says which step was refused, or how many places differ', () => {
  const tree = sessionsImage([1, 0, 1], [2, 1, 1]);
  const refused = verify(tree, steps('setsid 1 · clone 1 2 · clone 1 2'));
  assert.ok('failure' in refused);
  assert.equal(refused.failure.message, 'step 2: clone3 by 1: EEXIST, number 2 of level 0 is in use');
  const other = verify(tree, steps('clone 1 2'));
  assert.ok('failure' in other);
  assert.equal(other.failure.total, 4);
});

test('a root that is no init is born in the session and group of outside', () => {
  const tree = image(
    [
      { pid: 7, ppid: 0, sid: 50, pgid: 60 },
      { pid: 8, ppid: 7, sid: 50, pgid: 60 },
      { pid: 9, ppid: 0, sid: 50, pgid: 60 },
    ],
    [{ id: '0', parent: null, init: null }],
  );
  assert.deepEqual(differences(tree, 'clone 7 8 · clone 7 9 P'), []);
});
