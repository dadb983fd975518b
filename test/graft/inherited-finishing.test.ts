/** What is read quickly of images that CRIU restores by itself is what is read of them whole. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { expectedTree } from '../../src/graft/expected-tree.ts';
import { imageDirectory } from '../../src/graft/image-directory.ts';
import { readImages } from '../../src/graft/read-images.ts';
import { inheritedFinishing } from '../../src/restore/inherited-finishing.ts';
import { inheritedRecords } from '../../src/restore/inherited-images.ts';
import { RestoreError } from '../../src/restore/native-finisher.ts';
import { FIXTURES } from '../formats/dumps.ts';

const FOLDERS = ['criu-images', 'criu-images-sharing']
  .flatMap((folder) => readdirSync(join(FIXTURES, folder)).map((name) => join(FIXTURES, folder, name)))
  .filter((folder) => !folder.endsWith('README.md') && !folder.endsWith('_refused'));

test('the tree is the same, of all dumps whose records say that CRIU restores them', async () => {
  let compared = 0;
  for (const folder of FOLDERS) {
    const records = inheritedRecords(folder);
    if (records === null) continue;
    const { expected } = inheritedFinishing(folder, records);
    const whole = expectedTree(await readImages(imageDirectory(folder)));
    const byPid = (a: { pid: number }, b: { pid: number }): number => a.pid - b.pid;
    assert.deepEqual([...expected].sort(byPid), [...whole].sort(byPid), folder);
    compared++;
  }
  assert.ok(compared >= 3, `${compared} of ${FOLDERS.length}`);
});

test('a core that is not there is named', (t) => {
  const empty = mkdtempSync(join(tmpdir(), 'regraft-inherited-'));
  t.after(() => rmSync(empty, { recursive: true }));
  const record = { pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1] };
  assert.throws(
    () => inheritedFinishing(empty, [record]),
    (error) => error instanceof RestoreError && /core-1\.img/.test(error.message),
  );
});
