/** Trees of one pid namespace joined: what the result keeps, and when there is none. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinTrees } from '../../src/engine/tree/join-trees.ts';
import type { ProcessTree } from '../../src/engine/tree/process-tree.ts';
import { loadTree } from '../../src/formats/read-process-files.ts';
import { readTree } from '../../src/formats/read-tree.ts';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { treeImage } from '../../src/formats/write-tree.ts';

async function treeOf(image: object): Promise<ProcessTree> {
  const loaded = loadTree(await readTree('json', Buffer.from(JSON.stringify(image))));
  assert.ok(loaded.ok);
  return loaded.tree;
}

async function joined(...images: object[]): Promise<TreeImage> {
  const built = joinTrees(await Promise.all(images.map(treeOf)));
  assert.ok(built.ok);
  return treeImage(built.tree);
}

test('everything that an image says is kept; classes of two trees are never one, and orders of birth are left out', async () => {
  const one = {
    processes: [
      { pid: 7, ppid: 0, pgid: 7, sid: 7, childSubreaper: true, files: 1, comm: 'app', startTime: 5 },
      {
        pid: 9,
        ppid: 7,
        pgid: 7,
        sid: 7,
        files: 1,
        threads: [9, 11],
        threadFiles: [1, 4],
        caba: 7,
        birthOrder: 3,
        ttyNr: 0,
        exitSignal: 10,
      },
      { pid: 10, ppid: 7, pgid: 7, sid: 7, state: 'zombie', exitStatus: 256 },
    ],
  };
  const other = {
    processes: [
      { pid: 20, ppid: 0, pgid: 20, sid: 20, files: 1 },
      { pid: 21, ppid: 20, pgid: 20, sid: 20, files: 1, birthOrder: 1 },
    ],
  };
  const { root, pidNamespaces, processes } = await joined(other, one);
  assert.equal(root, 7);
  assert.deepEqual(pidNamespaces, [{ id: '0', parent: null, init: null }]);
  const of = new Map(processes.map((process) => [process.pid, process]));
  assert.deepEqual([...of.keys()], [7, 20, 9, 10, 21]);
  assert.deepEqual(of.get(20), {
    pid: 20,
    ppid: 0,
    pgid: 20,
    sid: 20,
    state: 'alive',
    files: of.get(21)!.files,
  });
  assert.equal(of.get(7)!.files, of.get(9)!.files);
  assert.notEqual(of.get(7)!.files, of.get(20)!.files);
  assert.equal(of.get(9)!.threadFiles![0], of.get(9)!.files);
  assert.notEqual(of.get(9)!.threadFiles![1], of.get(9)!.files);
  const { threadFiles: _threadFiles, files: _files, ...nine } = of.get(9)!;
  assert.deepEqual(nine, {
    pid: 9,
    ppid: 7,
    pgid: 7,
    sid: 7,
    state: 'alive',
    threads: [9, 11],
    caba: 7,
    ttyNr: 0,
    exitSignal: 10,
  });
  assert.deepEqual(of.get(10)!.exitStatus, 256);
  assert.deepEqual([of.get(7)!.childSubreaper, of.get(7)!.comm, of.get(7)!.startTime], [true, 'app', 5]);
});

test('pid namespaces below stay those of their trees, whatever their names', async () => {
  const nested = (root: number, init: number) => ({
    pidNamespaces: [
      { id: '0', parent: null, init: null },
      { id: '1', parent: '0', init },
    ],
    processes: [
      { pid: root, ppid: 0, pgid: root, sid: root, pidns: '0', nspid: [root] },
      {
        pid: init,
        ppid: root,
        pgid: init,
        sid: init,
        pidns: '1',
        nspid: [init, 1],
        nspgid: [init, 1],
        nssid: [init, 1],
      },
    ],
  });
  const flat = { processes: [{ pid: 1, ppid: 0, pgid: 1, sid: 1 }] };
  const { root, pidNamespaces, processes } = await joined(nested(7, 8), flat, nested(20, 21));
  assert.equal(root, 1);
  assert.deepEqual(
    pidNamespaces!.map(({ parent, init }) => [parent, init]),
    [
      [null, 1],
      ['0', 8],
      ['0', 21],
    ],
  );
  assert.deepEqual(
    processes.map(({ pid, nspid }) => [pid, nspid]),
    [
      [1, [1]],
      [7, [7]],
      [20, [20]],
      [8, [8, 1]],
      [21, [21, 1]],
    ],
  );
});

test('two inits, and a number that two of them have, are faults', async () => {
  const init = await treeOf({ processes: [{ pid: 1, ppid: 0, pgid: 1, sid: 1 }] });
  const other = await treeOf({
    pidNamespaces: [{ id: '0', parent: null, init: 5 }],
    processes: [{ pid: 5, ppid: 0, pgid: 5, sid: 5 }],
  });
  const twice = joinTrees([init, other]);
  assert.ok(!twice.ok);
  assert.match(twice.faults[0]!.message, /1 and 5 are both the init|5 and 1 are both the init/);
  const same = await treeOf({ processes: [{ pid: 5, ppid: 0, pgid: 5, sid: 5 }] });
  const collide = joinTrees([other, same]);
  assert.ok(!collide.ok);
  assert.equal(collide.faults[0]!.code, 'DUPLICATE_PID');
});
