import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sharedKinds } from '../../../src/engine/tree/sharing.ts';
import { FILES, SIGHAND } from '../../../src/engine/tree/sharing-columns.ts';
import type { ProcessImage } from '../../../src/formats/tree-image-schema.ts';
import { treeImage } from '../../../src/formats/write-tree.ts';
import { readValue, treeOf } from '../../formats/loaded.ts';

const process = (pid: number, more: Partial<ProcessImage> = {}): ProcessImage => ({
  pid,
  ppid: pid === 1 ? 0 : 1,
  pgid: 1,
  sid: 1,
  ...more,
});
const sharingOf = async (processes: readonly ProcessImage[]) =>
  treeOf(await readValue({ processes })).sharing;

describe('shared resources of a tree', () => {
  it('are no columns where the image says nothing of them', async () => {
    assert.equal(await sharingOf([process(1), process(2)]), null);
    assert.equal(await sharingOf([process(1, { exitSignal: 17 })]), null);
  });

  it('are named by the first member, whatever the numbers', async () => {
    const sharing = await sharingOf([
      process(1, { files: 9 }),
      process(2, { files: 3 }),
      process(3, { files: 9 }),
      process(4),
      process(5, { files: 3 }),
    ]);
    assert.deepEqual([...sharing!.classes[FILES]!], [0, 1, 0, -1, 1]);
    assert.deepEqual(sharedKinds(sharing), [FILES]);
  });

  it('of a zombie are its signal handlers only (K6)', async () => {
    const sharing = await sharingOf([
      process(1, { files: 1, sighand: 1, vm: 1 }),
      process(2, { files: 1, sighand: 1, vm: 1, state: 'zombie' }),
    ]);
    assert.deepEqual([...sharing!.classes[FILES]!], [0, -1]);
    assert.deepEqual([...sharing!.classes[SIGHAND]!], [0, 0]);
  });

  it('of a thread are told where they are not its process’s', async () => {
    const image = [
      process(1, { files: 1, threads: [1, 8, 9], threadFiles: [1, 1, 5] }),
      process(2, { files: 5 }),
    ];
    const tree = treeOf(await readValue({ processes: image }));
    assert.deepEqual([...tree.sharing!.threadFiles!], [-1, 1]);
    assert.equal(tree.sharing!.threadFs, null);
    const [written] = treeImage(tree).processes;
    assert.deepEqual(written!.threadFiles, [1, 1, 2]);
  });

  it('of threads have one number a thread', async () => {
    const read = await readValue({ processes: [process(1, { threads: [1, 8], threadFs: [1] })] });
    assert.deepEqual(!read.ok && read.faults.map(({ code, pointer }) => [code, pointer]), [
      ['THREAD_CLASSES_LENGTH', '/processes/0/threadFs'],
    ]);
  });
});
