import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { DEFAULT_READ_LIMITS } from '../../../src/formats/read-limits.ts';
import { readTree } from '../../../src/formats/read-tree.ts';
import { dumpParts, FIXTURES, inPieces, tarOf } from '../dumps.ts';
import { refusalOf, treeOf } from '../loaded.ts';

const parts = dumpParts('trivial');
const pstree = parts.find(({ name }) => name === 'pstree.img')!;

async function refused(archive: Uint8Array, limits = DEFAULT_READ_LIMITS): Promise<[number, string]> {
  const { status, faults } = refusalOf(await readTree('archive', archive, limits));
  return [status, faults[0]!.code];
}

/** Long before what is decoded is too much by itself. */
async function refusedAsBomb(archive: Uint8Array): Promise<void> {
  const { status, faults } = refusalOf(await readTree('archive', archive));
  assert.equal(status, 413);
  assert.match(faults[0]!.message, /^The upload decodes to more than 200 times its size/);
}

describe('an archive', () => {
  it('is refused where a path leads out of it', async () => {
    for (const name of ['../pstree.img', 'checkpoint/../../pstree.img', '/pstree.img', 'a/../b.txt']) {
      assert.deepEqual(await refused(await tarOf([{ ...pstree, name }])), [422, 'ARCHIVE_PATH']);
    }
  });

  it('is refused where an image file is a link, a device or a directory', async () => {
    for (const type of ['symlink', 'link', 'directory', 'fifo', 'character-device'] as const) {
      assert.deepEqual(await refused(await tarOf([{ name: 'pstree.img', type }])), [422, 'FILE_NOT_REGULAR']);
    }
  });

  it('is refused with two files of one name', async () => {
    for (const name of ['./pstree.img', 'pstree.json']) {
      assert.deepEqual(await refused(await tarOf([pstree, { ...pstree, name }])), [422, 'FILE_TWICE']);
    }
  });

  it('needs a pstree image', async () => {
    assert.deepEqual(await refused(await tarOf([{ name: 'rootfs/pstree.txt', bytes: Buffer.from('x') }])), [
      422,
      'FILE_ABSENT',
    ]);
  });

  it('cut anywhere is refused with an offset', async () => {
    const tar = await tarOf(parts);
    for (const whole of [tar, gzipSync(tar), readFileSync(join(FIXTURES, 'archives/trivial.tar.zst'))]) {
      const step = Math.ceil(whole.length / 60);
      for (let cut = 1; cut < whole.length - 1024; cut += step) {
        const { status, faults } = refusalOf(await readTree('archive', whole.subarray(0, cut)));
        assert.equal(status, 400, `cut at ${cut}`);
        assert.ok(faults[0]!.offset !== undefined);
      }
    }
  });

  it('without its end mark is refused', async () => {
    const tar = await tarOf(parts);
    assert.deepEqual(await refused(tar.subarray(0, tar.length - 1024)), [400, 'ARCHIVE_BROKEN']);
  });

  it('of another compression is not read', async () => {
    assert.deepEqual(await refused(Buffer.from('425a68393141592653590000', 'hex')), [415, 'FORM_UNKNOWN']);
    assert.deepEqual(await refused(Buffer.from('fd377a585a000004e6d6b446', 'hex')), [415, 'FORM_UNKNOWN']);
  });

  it('may be many zstd frames, with others to skip between them, in pieces of any length', async () => {
    const tar = await tarOf(parts);
    const skipped = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const frames: Buffer[] = [];
    for (let at = 0; at < tar.length; at += 700) {
      frames.push(zstdCompressSync(tar.subarray(at, at + 700)), skipped);
    }
    const archive = Buffer.concat(frames);
    for (const length of [1, 3, 500, archive.length]) {
      assert.equal(
        treeOf(await readTree('archive', inPieces(archive, length))).size,
        4,
        `pieces of ${length}`,
      );
    }
  });

  it('that ends inside of a zstd frame, or goes on with something else, is refused with its place', async () => {
    const frame = zstdCompressSync(await tarOf(parts));
    for (let cut = 7; cut < frame.length; cut += 13) {
      const { status, faults } = refusalOf(await readTree('archive', frame.subarray(0, cut)));
      assert.equal(status, 400, `cut at ${cut}`);
      assert.ok(faults[0]!.offset !== undefined);
    }
    const { status, faults } = refusalOf(
      await readTree('archive', Buffer.concat([frame, Buffer.from('more of it')])),
    );
    assert.deepEqual([status, faults[0]!.offset], [400, frame.length]);
  });

  it('may be another form that was compressed', async () => {
    const image = '{"processes":[{"pid":1,"ppid":0,"pgid":1,"sid":1}]}';
    assert.equal(treeOf(await readTree('archive', gzipSync(image))).size, 1);
    const lines = '{"root":1}\n{"pid":1,"ppid":0,"pgid":1,"sid":1}\n';
    assert.equal(treeOf(await readTree('archive', gzipSync(lines))).size, 1);
  });
});

describe('the limits of an archive', () => {
  it('bound members, bytes of a member, and decoded bytes', async () => {
    const tar = await tarOf(parts);
    assert.deepEqual(await refused(tar, { ...DEFAULT_READ_LIMITS, maxEntries: 3 }), [413, 'LIMIT_EXCEEDED']);
    assert.deepEqual(await refused(tar, { ...DEFAULT_READ_LIMITS, maxEntryBytes: 50 }), [
      413,
      'LIMIT_EXCEEDED',
    ]);
    assert.deepEqual(await refused(tar, { ...DEFAULT_READ_LIMITS, maxDecodedBytes: 4000 }), [
      413,
      'LIMIT_EXCEEDED',
    ]);
    assert.deepEqual(await refused(tar, { ...DEFAULT_READ_LIMITS, maxProcesses: 3 }), [
      413,
      'LIMIT_EXCEEDED',
    ]);
  });

  it('stop a gzip bomb', async () => {
    const layer = gzipSync(Buffer.alloc(2 ** 25));
    await refusedAsBomb(Buffer.concat(new Array(64).fill(layer)));
  });

  const header = (descriptor: number): number[] => [0x28, 0xb5, 0x2f, 0xfd, 0, descriptor];
  const WINDOW_8_MIB = 13 << 3;

  it('stop a zstd bomb of run-length blocks', async () => {
    const size = 128 * 1024;
    const block = [2 | ((size << 3) & 0xff), ((size << 3) >> 8) & 0xff, (size << 3) >> 16, 0];
    const blocks = Buffer.concat(new Array(100_000).fill(Buffer.from(block)));
    await refusedAsBomb(Buffer.concat([Buffer.from(header(WINDOW_8_MIB)), blocks]));
  });

  it('stop more zstd frames than members', async () => {
    const frame = Buffer.from([...header(WINDOW_8_MIB), 1, 0, 0]);
    const limits = { ...DEFAULT_READ_LIMITS, maxEntries: 1000 };
    const frames = (count: number) => Buffer.concat(new Array<Buffer>(count).fill(frame));
    assert.deepEqual(await refused(frames(1001), limits), [413, 'LIMIT_EXCEEDED']);
    assert.equal((await refused(frames(1000), limits))[0], 400);
  });

  it('stop a zstd window of gigabytes', async () => {
    const read = await readTree('archive', Buffer.from([...header(0xa8), 1, 0, 0]));
    assert.ok([400, 413].includes(refusalOf(read).status));
  });
});
