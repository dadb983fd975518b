import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ProcessTree } from '../../src/engine/tree/process-tree.ts';
import { readTree, readTreeParts } from '../../src/formats/read-tree.ts';
import { treeId } from '../../src/formats/tree-id.ts';
import { processImage } from '../../src/formats/write-tree.ts';
import { DUMPS, dumpParts, FIXTURES, groundTruth, inPieces, tarOf } from './dumps.ts';
import { treeOf } from './loaded.ts';

const SUBREAPERS: Readonly<Record<string, number>> = {
  subreaper_adopts: 2,
  docker_shim: 2,
  zdtm_session02: 2,
};
const EXIT_STATUSES: Readonly<Record<string, Record<number, number>>> = {
  zombies: { 3: 1792, 4: 768, 5: 0, 7: 15 },
  zombie_exit200: { 3: 51200 },
  zombie_session_leader_with_members: { 3: 0 },
};

function shownProcesses(tree: ProcessTree): unknown[] {
  return Array.from(tree.pid, (_, index) => {
    const { pid, ppid, pgid, sid, state, threads = [pid] } = processImage(tree, index);
    return { pid, ppid, pgid, sid, state, threads };
  }).sort((a, b) => a.pid - b.pid);
}

describe('the public CRIU dumps', () => {
  it('are eighteen', () => assert.equal(DUMPS.length, 18));

  for (const dump of DUMPS) {
    it(`${dump}: every form of upload gives the tree that /proc showed`, async () => {
      const parts = dumpParts(dump);
      const byParts = await readTreeParts(parts);
      assert.ok(byParts.ok);
      assert.deepEqual(byParts.findings, []);
      const tree = treeOf(byParts);
      assert.deepEqual(shownProcesses(tree), groundTruth(dump));
      for (let index = 0; index < tree.size; index++) {
        const { pid, childSubreaper, exitStatus = 0 } = processImage(tree, index);
        assert.equal(childSubreaper, SUBREAPERS[dump] === pid, `subreaper flag of ${pid}`);
        assert.equal(exitStatus, EXIT_STATUSES[dump]?.[pid] ?? 0, `wait status of ${pid}`);
      }

      const id = treeId(tree);
      const directory = await tarOf(parts);
      const checkpoint = await tarOf([
        { name: 'spec.dump', bytes: Buffer.from('{}') },
        { name: 'checkpoint/', type: 'directory' },
        { name: './checkpoint/pages-1.img', bytes: Buffer.alloc(100_000, 7) },
        ...parts.toReversed().map(({ name, bytes }) => ({ name: `./checkpoint/${name}`, bytes })),
      ]);
      const zstd = readFileSync(join(FIXTURES, 'archives', `${dump}.tar.zst`));
      for (const archive of [directory, checkpoint, gzipSync(directory), gzipSync(checkpoint), zstd]) {
        assert.equal(treeId(treeOf(await readTree('archive', archive))), id);
      }
      assert.equal(treeId(treeOf(await readTree('archive', inPieces(zstd, 7)))), id);
      assert.equal(treeId(treeOf(await readTree('archive', inPieces(checkpoint, 1000)))), id);
    });
  }

  it('are read from a Podman archive written by other tools', async () => {
    const archive = readFileSync(join(FIXTURES, 'archives/podman-checkpoint.tar.zst'));
    const expected = treeId(treeOf(await readTreeParts(dumpParts('docker_shim'))));
    assert.equal(treeId(treeOf(await readTree('archive', archive))), expected);
  });

  it('are read without core files, which is said', async () => {
    const read = await readTreeParts(dumpParts('zombies').filter(({ name }) => !name.startsWith('core-')));
    assert.ok(read.ok);
    assert.deepEqual(
      read.findings.map(({ code, pids }) => [code, pids]),
      [['STATE_UNKNOWN', [1, 2, 3, 4, 5, 6, 7]]],
    );
    const tree = treeOf(read);
    assert.equal(tree.threadId.length, 0, 'threads of what may be a zombie are not believed');
  });

  it('that contradict themselves are read, which is said', async () => {
    const parts = dumpParts('zombies');
    const zombieWithIds = { name: 'ids-3.img', bytes: parts.find(({ name }) => name === 'ids-1.img')!.bytes };
    const read = await readTreeParts([...parts.filter(({ name }) => name !== 'ids-2.img'), zombieWithIds]);
    assert.ok(read.ok);
    assert.deepEqual(
      read.findings.map(({ code, pids }) => [code, pids]),
      [
        ['IMAGE_INCONSISTENT', [3]],
        ['IMAGE_INCONSISTENT', [2]],
      ],
    );
  });
});
