/**
 * `bin/regraft-restore`: `regraft restore` that begins without Node where the records alone say that CRIU restores the
 * tree. It judges, reads and answers as `regraft restore` does; kills.test.ts ends it at any moment.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { CoreImageSchema, PstreeRecordSchema } from '../../src/formats/criu/gen/rewrite_pb.ts';
import { imageBytes } from '../../src/formats/criu/image-framing.ts';
import { finishingLines } from '../../src/restore/finishing-lines.ts';
import { inheritedFinishing } from '../../src/restore/inherited-finishing.ts';
import { inheritedRecords } from '../../src/restore/inherited-images.ts';
import { nativeFinisher } from '../../src/restore/native-finisher.ts';
import { FIXTURES } from '../formats/dumps.ts';
import { bytesOf, coreOf, queueOf } from '../graft/dump-copies.ts';
import { SeededRandom } from '../histories/seeded-random.ts';
import { CRIUS, endNamespace, REGRAFT_RESTORE, run, Workshop, whyNoCriu } from './criu.ts';
import { LivingTree } from './living-tree.ts';
import { ADOPTED } from './scripts.ts';
import { snapshot } from './snapshot.ts';

const skip = whyNoCriu() ?? false;

/** Null: it leaves the images to Node. */
function nativeLines(directory: string): string[] | null {
  const { status, stdout } = spawnSync(nativeFinisher(), ['script', directory], { encoding: 'utf8' });
  return status === 0 ? stdout.trimEnd().split('\n').sort() : null;
}

function linesOfNode(directory: string): string[] | null {
  const records = inheritedRecords(directory);
  return records && finishingLines(inheritedFinishing(directory, records)).sort();
}

test('the dumps of the fixtures are judged and read as by Node', { skip }, () => {
  let alone = 0;
  for (const folder of ['criu-images', 'criu-images-sharing']) {
    for (const name of readdirSync(join(FIXTURES, folder))) {
      const directory = join(FIXTURES, folder, name);
      const lines = nativeLines(directory);
      assert.deepEqual(lines, linesOfNode(directory), directory);
      if (lines) alone++;
    }
  }
  assert.ok(alone >= 3);
});

test('random images too: records, states, flags, stops, pending signals, threads, damage', { skip }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'regraft-alone-'));
  const counts = { alone: 0, left: 0 };
  try {
    for (let seed = 1; seed <= 200; seed++) {
      rmSync(directory, { recursive: true });
      mkdirSync(directory);
      writeRandomImages(directory, new SeededRandom(seed));
      const lines = nativeLines(directory);
      const ofNode = linesOfNode(directory);
      // Whoever leaves it to Node is right too.
      if (lines !== null || ofNode === null) assert.deepEqual(lines, ofNode, `seed ${seed}`);
      counts[lines ? 'alone' : 'left']++;
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
  assert.ok(counts.alone > 25 && counts.left > 25, JSON.stringify(counts));
});

const WHOLE = join(FIXTURES, 'criu-whole-dump');

function writeRandomImages(directory: string, random: SeededRandom): void {
  const magic = (name: string): Uint8Array => bytesOf(WHOLE, name).subarray(0, 8);
  const model = Number(
    /core-(\d+)/.exec(readdirSync(WHOLE).find((name) => /^core-\d+\.img$/.test(name))!)![1],
  );
  const count = 1 + random.below(4);
  const records = [{ pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1] }];
  for (let pid = 2; pid <= count; pid++) {
    const parent = random.pick(records);
    const leads = random.below(3) === 0;
    const pgid = leads || random.below(3) === 0 ? pid : random.below(6) === 0 ? 1 : parent.pgid;
    const sid = leads ? pid : random.below(8) === 0 ? 1 : parent.sid;
    const threads = random.below(3) === 0 ? [pid, 100 + pid] : [pid];
    records.push({ pid, ppid: parent.pid, pgid, sid, threads });
  }
  const entries = records.map((record) => toBinary(PstreeRecordSchema, create(PstreeRecordSchema, record)));
  const pstree = imageBytes({ magic: magic('pstree.img'), entries });
  writeFileSync(
    join(directory, 'pstree.img'),
    random.below(20) === 0 ? pstree.subarray(0, pstree.length - 1) : pstree,
  );
  for (const { pid, threads } of records) {
    if (random.below(30) > 0) writeFileSync(join(directory, `ids-${pid}.img`), '');
    for (const tid of threads) {
      const core = coreOf(WHOLE, model);
      Object.assign(core.tc!, { taskState: random.pick([1, 1, 3, 6]), exitCode: random.below(3) * 256 });
      if (random.below(2) === 0) core.tc!.childSubreaper = random.below(2) === 0;
      if (random.below(2) === 0) core.tc!.stopSigno = 20;
      if (random.below(3) === 0) core.tc!.signalsS = queueOf(random.pick([10, 17, 18, 20, 22]), 18);
      if (random.below(3) === 0) core.threadCore!.signalsP = queueOf(random.pick([10, 21]));
      if (tid !== pid) core.tc = undefined;
      const bytes = imageBytes({
        magic: magic(`core-${model}.img`),
        entries: [toBinary(CoreImageSchema, core)],
      });
      writeFileSync(join(directory, `core-${tid}.img`), bytes);
    }
  }
}

/** Sessions, groups, threads, a stopped one: all of it inherited. */
const INHERITED = [
  ...['1 setsid', '1 fork 2 - 0', '2 setsid', '2 fork 3 - 0', '3 setpgid 3 3', '3 fork 4 - 0', '4 threads 2'],
  ...['2 fork 5 - 0', '5 stop', '2 subreaper 1'],
].join('\n');

for (const criu of CRIUS) {
  for (const [how, script] of [
    ['by CRIU alone', INHERITED],
    ['by a graft', ADOPTED.join('\n')],
  ] as const) {
    test(`CRIU ${criu.name}: a tree is restored ${how}, and identical`, { skip }, async () => {
      const tree = await LivingTree.build(script);
      const workshop = new Workshop();
      try {
        const before = snapshot(tree.root);
        const images = await workshop.dump(criu, tree.root);
        await tree.end();
        const names = readdirSync(workshop.directory);
        const pidfile = workshop.path('pid');
        const ran = await run(REGRAFT_RESTORE, [images, '--criu', criu.path, '--pidfile', pidfile]);
        assert.equal(ran.code, 0, ran.output);
        assert.match(ran.output, new RegExp(`^Restored \\d+ processes as they are in the image, ${how}`));
        const root = Number(readFileSync(pidfile, 'utf8'));
        assert.deepEqual(snapshot(root), before);
        await endNamespace(root);
        rmSync(pidfile);
        assert.deepEqual(readdirSync(workshop.directory), names);
      } finally {
        await tree.end();
        tree.remove();
        workshop.remove();
      }
    });
  }
}

test('what CRIU does not restore: exit code 1, its line, nothing left, the dump and another tree’s pidfile as they were', {
  skip,
}, async () => {
  const tree = await LivingTree.build(INHERITED);
  const workshop = new Workshop();
  try {
    const criu = CRIUS.at(-1)!;
    const images = await workshop.dump(criu, tree.root);
    await tree.end();
    cpSync(images, workshop.path('copy'), { recursive: true });
    rmSync(join(tree.directory, 'counts'), { recursive: true });
    writeFileSync(workshop.path('pid'), `${process.pid}\n`);
    const args = [images, '--criu', criu.path, '--pidfile', workshop.path('pid'), '--', '-o', 'mine.log'];
    const { code, output } = await run(REGRAFT_RESTORE, args);
    assert.equal(code, 1);
    assert.match(output, /CRIU does not restore it, exit code 1: .*counts/);
    assert.deepEqual(readdirSync(workshop.directory).sort(), ['copy', 'images-0', 'pid']);
    for (const name of readdirSync(images)) {
      if (name.endsWith('.img'))
        assert.deepEqual(bytesOf(images, name), bytesOf(workshop.path('copy'), name));
    }
  } finally {
    await tree.end();
    tree.remove();
    workshop.remove();
  }
});
