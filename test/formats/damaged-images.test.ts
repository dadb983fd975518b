import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { loadTree, readTree, readTreeParts, type UploadPart } from '../../src/formats/read-tree.ts';
import { scaled } from '../full-size.ts';
import { dumpParts, tarOf } from './dumps.ts';
import { refusalOf } from './loaded.ts';

const parts = dumpParts('docker_shim');

function withFile(name: string, change: (bytes: Uint8Array) => Uint8Array): UploadPart[] {
  return parts.map((part) => (part.name === name ? { name, bytes: change(part.bytes) } : part));
}

describe('a damaged image file', () => {
  it('cut at any byte is refused with its name and the offset, except between entries', async () => {
    for (const file of ['pstree.img', 'core-2.img', 'ids-1.img', 'inventory.img']) {
      const { length } = parts.find(({ name }) => name === file)!.bytes;
      for (let cut = 0; cut < length; cut++) {
        const read = await readTreeParts(withFile(file, (bytes) => bytes.subarray(0, cut)));
        const loaded = loadTree(read);
        if (loaded.ok) {
          // Cut between two entries: the core files of the lost processes tell.
          assert.equal(file, 'pstree.img');
          assert.ok(loaded.findings.some(({ code }) => code === 'IMAGE_INCONSISTENT'));
          continue;
        }
        const fault = loaded.faults[0]!;
        assert.equal(fault.file, file);
        if (fault.code === 'IMAGE_TRUNCATED') assert.ok(fault.offset! <= cut);
        else assert.ok(fault.code === 'IMAGE_ENTRIES' || loaded.status === 422, fault.code);
      }
    }
  });

  it('with a length that lies is refused before anything is allocated', async () => {
    for (const length of [0x7fffffff, 0xffffffff, 1000]) {
      const read = await readTreeParts(
        withFile('pstree.img', (bytes) => {
          const copy = Buffer.from(bytes);
          copy.writeUInt32LE(length, 8);
          return copy;
        }),
      );
      const { status, faults } = refusalOf(read);
      assert.equal(status, 400);
      assert.deepEqual(
        [faults[0]!.code, faults[0]!.file, faults[0]!.offset],
        ['IMAGE_TRUNCATED', 'pstree.img', 8],
      );
    }
  });

  it('with the magic of another kind is refused', async () => {
    const ids = parts.find(({ name }) => name === 'ids-1.img')!.bytes;
    const { status, faults } = refusalOf(await readTreeParts(withFile('core-1.img', () => ids)));
    assert.deepEqual([status, faults[0]!.code, faults[0]!.offset], [400, 'IMAGE_MAGIC', 4]);
  });

  it('of an old CRIU has no common magic and is read', async () => {
    const read = await readTreeParts(withFile('pstree.img', (bytes) => bytes.subarray(4)));
    assert.ok(loadTree(read).ok);
  });

  it('that is there twice is refused', async () => {
    const { status, faults } = refusalOf(await readTreeParts([...parts, parts[0]!]));
    assert.deepEqual([status, faults[0]!.code], [422, 'FILE_TWICE']);
  });

  it('never does more than a refusal, whatever the damage', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(parts.length - 1),
        fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (at, changes) => {
          const damaged = parts.map(({ name, bytes }, index) => {
            const copy = Buffer.from(bytes);
            if (index === at) for (const [position, value] of changes) copy[position % copy.length] = value;
            return { name, bytes: copy };
          });
          const loaded = loadTree(await readTreeParts(damaged));
          if (!loaded.ok) assert.ok(loaded.faults[0]!.file !== undefined);
        },
      ),
      { numRuns: scaled(800, 2000) },
    );
  });

  it('in a damaged archive neither', async () => {
    const tar = await tarOf(parts);
    const forms = [tar, gzipSync(tar)];
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1),
        fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (form, changes) => {
          const copy = Buffer.from(forms[form]!);
          for (const [position, value] of changes) copy[position % copy.length] = value;
          loadTree(await readTree('archive', copy));
        },
      ),
      { numRuns: scaled(200, 500) },
    );
  });
});
