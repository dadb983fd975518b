import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readTree } from '../../src/formats/read-tree.ts';
import { treeId } from '../../src/formats/tree-id.ts';
import type { ProcessImage } from '../../src/formats/tree-image-schema.ts';
import { treeImage, treeImageLines, treeImageText } from '../../src/formats/write-tree.ts';
import { scaled } from '../full-size.ts';
import { arbitraryImage } from './arbitrary-image.ts';
import { inPieces } from './dumps.ts';
import { readValue, treeOf } from './loaded.ts';
import { setsIn, treesOfSet } from './tree-sets.ts';

describe('a tree written and read again', () => {
  it('is the same tree with the same id, in every form and order', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryImage,
        fc.integer({ min: 1, max: 300 }),
        fc.infiniteStream(fc.nat()),
        async (image, size, keys) => {
          const tree = treeOf(await readValue(image));
          const id = treeId(tree);
          assert.match(id, /^[0-9a-f]{64}$/);
          const again = treeOf(await readValue(treeImage(tree)));
          assert.deepEqual({ ...again, indexOf: null }, { ...tree, indexOf: null });
          const text = [...treeImageText(tree, 3)].join('');
          assert.deepEqual(JSON.parse(text), treeImage(tree));
          assert.equal(treeId(treeOf(await readTree('json', Buffer.from(text)))), id);
          const lines = Buffer.from([...treeImageLines(tree)].join(''));
          assert.equal(treeId(treeOf(await readTree('ndjson', inPieces(lines, size)))), id);
          const shuffled = image.processes
            .map((process) => ({ key: keys.next().value!, process }))
            .sort((a, b) => a.key - b.key)
            .map(({ process }) => process);
          assert.equal(treeId(treeOf(await readValue({ ...image, processes: shuffled }))), id);
        },
      ),
      { numRuns: scaled(100, 300) },
    );
  });

  it('changes its id with every field', async () => {
    const base = { pid: 2, ppid: 1, pgid: 1, sid: 1, state: 'zombie' };
    const variants = [
      {},
      { pid: 3 },
      { pgid: 2 },
      { sid: 0 },
      { state: 'alive' },
      { exitStatus: 256 },
      { childSubreaper: false },
      { childSubreaper: true },
      { threads: [2, 9] },
      { caba: 1 },
      { startTime: 0 },
      { birthOrder: 0 },
      { comm: '' },
      { comm: 'a' },
      { pidnsForChildren: null },
      { sighand: 4 },
      { exitSignal: 0 },
      { ttyNr: 0 },
      { ttyNr: 34816 },
      { threads: [2, 9], threadFiles: [1, 2] },
      { threads: [2, 9], threadFs: [1, 2] },
    ];
    const ids = new Set<string>();
    for (const variant of variants) {
      const processes = [
        { pid: 1, ppid: 0, pgid: 1, sid: 1 },
        { ...base, ...variant },
      ];
      ids.add(treeId(treeOf(await readValue({ processes }))));
    }
    assert.equal(ids.size, variants.length);
  });

  it('is of the partition into classes, not of their numbers', async () => {
    const id = async (
      kind: string,
      first: number | undefined,
      second: number | undefined,
    ): Promise<string> => {
      const processes = [
        { pid: 1, ppid: 0, pgid: 1, sid: 1, [kind]: first },
        { pid: 2, ppid: 1, pgid: 1, sid: 1, [kind]: second },
      ].map((process) =>
        Object.fromEntries(Object.entries(process).filter(([, value]) => value !== undefined)),
      );
      return treeId(treeOf(await readValue({ processes })));
    };
    for (const kind of ['files', 'fs', 'vm', 'sighand', 'sysvsem', 'io']) {
      assert.equal(await id(kind, 7, 7), await id(kind, 0, 0));
      assert.equal(await id(kind, 1, 2), await id(kind, 2, 1));
      const different = [
        await id(kind, 1, 1),
        await id(kind, 1, 2),
        await id(kind, 1, undefined),
        await id(kind, undefined, undefined),
      ];
      assert.equal(new Set(different).size, 4, kind);
    }
  });

  it('does not depend on fields that say what is so anyway', async () => {
    const id = async (image: unknown): Promise<string> => treeId(treeOf(await readValue(image)));
    const process = { pid: 1, ppid: 0, pgid: 1, sid: 1 };
    const plain = await id({ processes: [process] });
    const spelled = {
      ...process,
      state: 'alive',
      exitStatus: 0,
      threads: [1],
      pidns: '0',
      nspid: [1],
      nssid: [1],
      nspgid: [1],
    };
    assert.equal(
      await id({ root: 1, pidNamespaces: [{ id: '0', parent: null, init: 1 }], processes: [spelled] }),
      plain,
    );
  });
});

describe('the published small trees', () => {
  it('are trees, every one, and come back unchanged', async () => {
    let count = 0;
    for (const file of ['.', 'namespaces', 'caba'].flatMap(setsIn)) {
      for (const image of treesOfSet(file)) {
        const tree = treeOf(await readValue(image));
        count++;
        const byPid = (processes: ProcessImage[]): ProcessImage[] =>
          processes.toSorted((a, b) => a.pid - b.pid);
        assert.deepEqual(byPid(treeImage(tree).processes), byPid(image.processes));
      }
    }
    assert.ok(count > 15_000, `${count} trees`);
  });
});
