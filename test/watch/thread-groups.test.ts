import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThreadGroups } from '../../src/watch/thread-groups.ts';

test('threads belong to their process until they end', () => {
  const groups = new ThreadGroups();
  groups.add(11, 10);
  groups.add(12, groups.processOf(11));
  assert.deepEqual(
    [10, 11, 12, 13].map((task) => groups.processOf(task)),
    [10, 10, 10, 13],
  );
  assert.equal(groups.exit(11, false), 0);
  assert.equal(groups.processOf(11), 11);
  assert.equal(groups.size, 1);
});

test('where the kernel does not say it, a process ends with its last thread', () => {
  const groups = new ThreadGroups();
  groups.add(11, 10);
  assert.equal(groups.exit(10, undefined), 0);
  assert.equal(groups.exit(11, undefined), 10);
  assert.equal(groups.exit(20, undefined), 20);
  assert.equal(groups.size, 0);
});

test('a thread that executes a program becomes the first of its process', () => {
  const groups = new ThreadGroups();
  groups.add(11, 10);
  groups.exit(10, false);
  groups.exec(10, 11);
  assert.equal(groups.size, 0);
  assert.equal(groups.exit(10, undefined), 10);
});
