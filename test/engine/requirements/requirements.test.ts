import assert from 'node:assert/strict';
import { test } from 'node:test';
import { criuOptionsOf } from '../../../src/engine/requirements/criu-options.ts';
import { requirementsOf } from '../../../src/engine/requirements/requirements.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { treeOf } from '../../histories/proven-plan.ts';

const image: TreeImage = {
  root: 1,
  processes: [
    { pid: 1, ppid: 0, pgid: 1, sid: 1 },
    { pid: 9, ppid: 1, pgid: 40, sid: 30, threads: [9, 77] },
  ],
};
const property = (of: TreeImage, name: string) =>
  requirementsOf(treeOf(of), null).find((requirement) => requirement.property === name);

test('the numbers are those of processes, threads, dead groups and dead sessions', () => {
  assert.deepEqual(property(image, 'numbers')!.captured, { numbers: [1, 9, 30, 40, 77], total: 5 });
  assert.equal(property(image, 'lowestFreeNumber')!.captured, 78);
  assert.equal(property(image, 'pidMax')!.captured, 78);
  assert.equal(property(image, 'tasks')!.captured, 3);
});

test('a root that is no init needs one outside, and --shell-job where it leads no session', () => {
  const job: TreeImage = {
    root: 5,
    pidNamespaces: [{ id: '0', parent: null, init: null }],
    processes: [{ pid: 5, ppid: 0, pgid: 5, sid: 3 }],
  };
  assert.equal(property(job, 'init')!.strictness, 'exact');
  assert.deepEqual(
    criuOptionsOf(treeOf(job), null).map(({ option }) => option),
    ['--shell-job'],
  );
  assert.equal(property(image, 'init'), undefined);
  assert.deepEqual(criuOptionsOf(treeOf(image), null), []);
});
