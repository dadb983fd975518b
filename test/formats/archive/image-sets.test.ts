/** Where the image sets of an archive lie, and which one is meant. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { DEFAULT_READ_LIMITS } from '../../../src/formats/read-limits.ts';
import { type ReadResult, readTree } from '../../../src/formats/read-tree.ts';
import { dumpParts, FIXTURES, type TarEntry, tarOf } from '../dumps.ts';
import { refusalOf, treeOf } from '../loaded.ts';

const fixture = (name: string): Uint8Array => readFileSync(join(FIXTURES, 'cases', name));
const [trivial, shim] = [dumpParts('trivial'), dumpParts('docker_shim')];
const under = (directory: string, parts: readonly TarEntry[]): TarEntry[] =>
  parts.map((part) => ({ ...part, name: `${directory}/${part.name}` }));
const size = (read: ReadResult): number => treeOf(read).size;
const read = (archive: Uint8Array, set: string | null = null): Promise<ReadResult> =>
  readTree('archive', archive, DEFAULT_READ_LIMITS, set);
const TRIVIAL = size(await read(await tarOf(trivial)));
const SHIM = size(await read(await tarOf(shim)));

describe('an image set', () => {
  it('may lie in any directory of the archive', async () => {
    assert.equal(size(await read(fixture('deep-min.tar'))), 1);
    for (const directory of ['.', 'checkpoint', './a/b/c/d/e', 'checkpoints/one']) {
      assert.equal(size(await read(await tarOf(under(directory, trivial)))), TRIVIAL, directory);
    }
  });

  it('is the one that has a pstree.img: folders of pre-dumps have none', async () => {
    assert.equal(size(await read(fixture('predump-min.tar'))), 1);
    const broken: TarEntry = { name: 'parent/core-1.img', bytes: Buffer.from('no image') };
    assert.equal(size(await read(await tarOf([broken, ...under('dump', trivial)]))), TRIVIAL);
  });

  it('is named by its directory where there are several, which are listed', async () => {
    const both = await tarOf([...under('checkpoints/one', trivial), ...under('checkpoints/two', shim)]);
    const { status, faults } = refusalOf(await read(both));
    assert.equal(status, 422);
    assert.deepEqual(
      faults.map(({ code, file }) => [code, file]),
      [
        ['SET_UNNAMED', 'checkpoints/one'],
        ['SET_UNNAMED', 'checkpoints/two'],
      ],
    );
    assert.equal(size(await read(both, 'checkpoints/one')), TRIVIAL);
    assert.equal(size(await read(both, './checkpoints/two/')), SHIM);
    const absent = refusalOf(await read(both, 'checkpoints/three'));
    assert.deepEqual([absent.status, absent.faults[0]!.code, absent.faults.length], [422, 'SET_ABSENT', 2]);
    const top = await tarOf([...trivial, ...under('x', shim)]);
    assert.equal(size(await read(top, '.')), TRIVIAL);
  });

  it('that is not meant may be damaged', async () => {
    const damaged = trivial.map((part) => ({ ...part, bytes: Buffer.from('no image at all') }));
    const both = await tarOf([...under('bad', damaged), ...under('good', shim)]);
    assert.equal(size(await read(both, 'good')), SHIM);
    assert.equal(refusalOf(await read(both, 'bad')).faults[0]!.file?.split('/')[0], 'bad');
  });

  it('lies in the layer of an image, or in the archives of a pod', async () => {
    assert.equal(size(await read(fixture('oci-layout.tar'))), 3);
    const layer = await tarOf(under('checkpoint', trivial));
    const digest = 'a'.repeat(64);
    for (const bytes of [layer, gzipSync(layer)]) {
      for (const name of [`blobs/sha256/${digest}`, `${digest}/layer.tar`, `${digest}.tar`]) {
        const image = await tarOf([
          { name: 'manifest.json', bytes: Buffer.from('[]') },
          { name, bytes },
        ]);
        assert.equal(size(await read(image)), TRIVIAL, name);
      }
    }
    const pod = await tarOf([
      { name: 'pod.options', bytes: Buffer.from('{}') },
      { name: 'app.tar', bytes: layer },
      { name: 'sidecar.tar.gz', bytes: gzipSync(await tarOf(under('checkpoint', shim))) },
    ]);
    const { faults } = refusalOf(await read(pod));
    assert.deepEqual(
      faults.map(({ file }) => file),
      ['app.tar/checkpoint', 'sidecar.tar.gz/checkpoint'],
    );
    assert.equal(size(await read(pod, 'sidecar.tar.gz/checkpoint')), SHIM);
  });
});

describe('members that nobody reads', () => {
  it('may be sparse, with a map that goes on after the header', async () => {
    assert.equal(size(await read(fixture('sparse-gnu-4.tar'))), 2);
  });

  it('may be zeros: they are no bomb', async () => {
    const zeros = { name: 'rootfs-diff.tar', bytes: Buffer.alloc(100 * 2 ** 20) };
    const archive = gzipSync(await tarOf([...under('checkpoint', trivial), zeros]), { level: 1 });
    assert.ok(archive.length < 2 ** 20);
    assert.equal(size(await read(archive)), TRIVIAL);
    assert.equal(size(await read(gzipSync(await tarOf([zeros, ...trivial]), { level: 1 }))), TRIVIAL);
  });

  it('count for the bytes of the archive all the same', async () => {
    const zeros = { name: 'rootfs-diff.tar', bytes: Buffer.alloc(2 ** 20) };
    const limits = { ...DEFAULT_READ_LIMITS, maxDecodedBytes: 2 ** 19 };
    const archive = gzipSync(await tarOf([zeros, ...trivial]));
    assert.equal(refusalOf(await readTree('archive', archive, limits)).status, 413);
  });
});

describe('an image set of one number a process', () => {
  it('cannot tell of two pid namespaces', async () => {
    const { status, faults } = refusalOf(await read(fixture('two-pidns-ids.tar')));
    assert.deepEqual([status, faults[0]!.code, faults[0]!.file], [422, 'NUMBERS_ABSENT', 'ids-9.img']);
  });

  it('says which version it has where that is not known, and what is stopped', async () => {
    const image = await read(fixture('invver99.tar'));
    assert.ok(image.ok);
    assert.deepEqual(
      image.findings.map(({ code, pids }) => [code, pids]),
      [
        ['IMAGE_VERSION_UNKNOWN', []],
        ['STATE_STOPPED', [8]],
      ],
    );
  });
});
