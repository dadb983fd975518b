/** Checkpoint archives written anew: changed members, all others untouched. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { graftImages } from '../../src/graft/graft-images.ts';
import { imageArchive, writeArchive } from '../../src/graft/image-archive.ts';
import { readImages } from '../../src/graft/read-images.ts';
import { tarOf } from '../formats/dumps.ts';
import { bytesOf, copyOfDump, files, fresh, grafted } from './dump-copies.ts';

describe('an archive', () => {
  for (const [form, folder] of [
    ['of a directory', ''],
    ['of a checkpoint', 'checkpoint/'],
  ] as const) {
    for (const ending of ['tar', 'tar.gz', 'tar.zst']) {
      it(`${form} is written anew as .${ending}, other members untouched`, async () => {
        const dump = copyOfDump();
        const members = files(dump).map((name) => ({
          name: `./${folder}${name}`,
          bytes: bytesOf(dump, name),
        }));
        const tar = await tarOf([
          { name: 'spec.dump', bytes: Buffer.from('{"ociVersion":"1"}') },
          ...(folder ? [{ name: folder, type: 'directory' as const }] : []),
          ...members,
          { name: 'rootfs/link', type: 'symlink' },
        ]);
        const from = fresh('archive-#.tar');
        writeFileSync(from, tar);
        const archive = await imageArchive(from);
        assert.equal(archive.folder, folder);
        const { files: changed } = await graftImages(archive, { criu: '4.3' });
        const into = fresh(`archive-#.${ending}`);
        await writeArchive(from, archive, into, changed);

        const again = await imageArchive(into);
        const { out } = await grafted(dump);
        const unpacked = await again.read(again.names);
        const own = new Set(['spec.dump']);
        assert.deepEqual([...again.names].filter((name) => !own.has(name)).sort(), files(out));
        for (const name of files(out)) {
          assert.deepEqual(Buffer.from(unpacked.get(name)!), bytesOf(out, name), name);
        }
        assert.deepEqual(
          Array.from((await readImages(again)).pid)
            .sort((a, b) => a - b)
            .at(-1),
          300,
        );
      });
    }
  }

  it('without a pstree.img is refused', async () => {
    const from = fresh('other.tar');
    writeFileSync(from, await tarOf([{ name: 'spec.dump', bytes: Buffer.from('{}') }]));
    await assert.rejects(imageArchive(from), /no pstree.img/);
  });
});
