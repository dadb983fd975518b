/** Real trees with shared resources: what CRIU 4.2 did with each, against what is told of it (their tree.txt). */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { predictRestorers } from '../../../src/engine/restorers/predict.ts';
import { sharingOutcome } from '../../../src/engine/restorers/sharing-outcome.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import { readTreeParts } from '../../../src/formats/read-tree.ts';
import type { ProcessImage } from '../../../src/formats/tree-image-schema.ts';
import { processImage } from '../../../src/formats/write-tree.ts';
import { FIXTURES, imageParts } from '../../formats/dumps.ts';
import { readValue, treeOf } from '../../formats/loaded.ts';
import { provenPlan } from '../../histories/proven-plan.ts';

const FOLDER = join(FIXTURES, 'criu-images-sharing');

/** Outcome as measured; `message` without the pid, which is the real one there. */
const MEASURED: Readonly<Record<string, readonly [string | null, string | null]>> = {
  files_parent_child: [null, null],
  files_chain3: [null, null],
  files_deep_share: [null, null],
  files_zombie: [null, null],
  files_siblings: ['refuses', "Can't make FILES id for"],
  files_cousins: ['refuses', "Can't make FILES id for"],
  fs_parent_child: ['refuses', "Can't make FS id for"],
  vm_child: ['refuses', "Can't make VM id for"],
  vm_files_fs_sighand: ['refuses', "Can't make VM id for"],
  files_init_orphan: ['unsound', null],
  files_dead_leader_member: ['unsound', null],
  tty_member: ['differs', null],
  thread_own_files: ['differs', null],
  // What is lost is an audit session, which no image tells.
  loginuid: [null, null],
};

/** The processes of tree.txt; kinds of which nobody but "none" was seen are left out (kcmp calls none equal). */
function truth(name: string): { processes: ProcessImage[]; text: string } {
  const text = readFileSync(join(FOLDER, name, 'tree.txt'), 'utf8');
  const processes: ProcessImage[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith('pid=')) continue;
    const field = (key: string): number => Number(new RegExp(`\\b${key}=(\\d+)`).exec(line)?.[1] ?? 0);
    const numbers = { pid: field('pid'), ppid: field('ppid'), pgid: field('pgid'), sid: field('sid') };
    if (line.includes('state=Z')) {
      processes.push({ ...numbers, state: 'zombie' });
      continue;
    }
    const { vm, files, fs, sighand } = {
      vm: field('vm'),
      files: field('files'),
      fs: field('fs'),
      sighand: field('sighand'),
    };
    // The second thread has another file table and another fs.
    const apart = line.includes('[thread')
      ? { threads: [numbers.pid, numbers.pid + 1], threadFiles: [files, files + 1], threadFs: [fs, fs + 1] }
      : {};
    processes.push({
      ...numbers,
      ...apart,
      vm,
      files,
      fs,
      sighand,
      exitSignal: field('exit_signal'),
      ttyNr: field('tty_nr'),
    });
  }
  return { processes, text };
}

async function trueTree(name: string): Promise<ProcessTree> {
  return treeOf(await readValue({ root: 1, processes: truth(name).processes }));
}

describe('real trees with shared resources', () => {
  for (const [name, [outcome, message]] of Object.entries(MEASURED)) {
    it(`${name}: ${outcome ?? 'restores'}${message ? `, ${message} …` : ''}`, async () => {
      const told = sharingOutcome(await trueTree(name));
      assert.equal(told?.outcome ?? null, outcome);
      if (message === null) assert.equal(told?.message ?? null, null);
      else assert.ok(told!.message!.startsWith(message), told!.message!);
      const { text } = truth(name);
      if (message !== null) assert.ok(text.includes(message), 'the log says so');
    });
  }

  it('are what the restorers’ answer says of them, message included', async () => {
    for (const [name, [outcome, message]] of Object.entries(MEASURED)) {
      const told = predictRestorers(await trueTree(name)).filter(({ restorer }) => restorer === 'criu');
      assert.equal(told.length, 2, name);
      for (const { outcome: said, message: line } of told) {
        assert.equal(said, outcome ?? 'restores', name);
        assert.equal(line?.replace(/ \d+$/, '') ?? null, message, name);
      }
    }
  });

  it('have plans that rebuild them', async () => {
    for (const name of Object.keys(MEASURED)) provenPlan(await trueTree(name));
  });

  it('name whose threads lose what they have of their own', async () => {
    assert.deepEqual(sharingOutcome(await trueTree('thread_own_files'))!.pids, [1]);
  });

  it('name whom the two unsound shapes restore without a descriptor', async () => {
    assert.deepEqual(sharingOutcome(await trueTree('files_init_orphan'))!.pids, [4]);
    assert.deepEqual(sharingOutcome(await trueTree('files_dead_leader_member'))!.pids, [3]);
  });

  for (const name of readdirSync(FOLDER)) {
    if (!existsSync(join(FOLDER, name, 'pstree.img')) || !MEASURED[name]) continue;
    const { processes, text } = truth(name);
    if (!text.includes('criu dump rc=0')) continue;
    it(`${name}: the dump has the classes that kcmp saw`, async () => {
      const tree = treeOf(await readTreeParts(imageParts(join(FOLDER, name))));
      const image = Array.from({ length: tree.size }, (_, i) => processImage(tree, i));
      for (const kind of ['vm', 'files', 'fs', 'sighand'] as const) {
        const partition = (rows: readonly ProcessImage[]): string[] =>
          [...rows]
            .sort((a, b) => a.pid - b.pid)
            .filter(({ state }) => state !== 'zombie')
            .map((row, _, all) => `${row.pid}: ${all.find((other) => other[kind] === row[kind])!.pid}`);
        assert.deepEqual(partition(image), partition(processes), kind);
      }
    });
  }
});
