/** Image sets rewritten: what changes, what passes through untouched, and what a carrier is made of. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Compile } from 'typebox/compile';
import {
  MemoryMapSchema,
  PagemapRunSchema,
  PstreeRecordSchema,
  SharedIdsSchema,
  SignalActionSchema,
} from '../../src/formats/criu/gen/rewrite_pb.ts';
import { GRAFT_FILE } from '../../src/formats/graft-file.ts';
import { GraftFileSchema } from '../../src/formats/graft-schema.ts';
import { graftImages } from '../../src/graft/graft-images.ts';
import { imageDirectory, writeDirectory } from '../../src/graft/image-directory.ts';

import {
  bytesOf,
  copyOfDump,
  coreOf,
  edit,
  editCore,
  entriesOf,
  files,
  grafted,
  hashes,
  queueOf,
  UNKNOWN,
  withUnknownField,
} from './dump-copies.ts';

describe('a rewritten directory', () => {
  it('has the records of the graft, with the fields that nobody here knows', async () => {
    const dump = copyOfDump();
    edit(dump, 'pstree.img', withUnknownField);
    const { graft, out } = await grafted(dump);
    const entries = entriesOf(out, 'pstree.img');
    assert.deepEqual(
      entries.map((entry) => {
        const { pid, ppid, pgid, sid, threads } = fromBinary(PstreeRecordSchema, entry);
        return { pid, ppid, pgid, sid, threads };
      }),
      graft.records,
    );
    for (const [i, entry] of entries.entries()) {
      const isNew = graft.records[i]!.pid === 300;
      assert.equal(Buffer.from(entry).includes(UNKNOWN), !isNew);
    }
  });

  it('links the images that do not change, and copies what CRIU may write to', async () => {
    const dump = copyOfDump();
    const before = hashes(dump);
    const { out, files: changed } = await grafted(dump);
    for (const name of files(dump)) {
      const same = statSync(join(dump, name)).ino === statSync(join(out, name)).ino;
      assert.equal(same, name.endsWith('.img') && !changed.has(name), name);
    }
    assert.deepEqual(hashes(dump), before);
  });

  it('adds files of the carrier and the graft itself, and nothing else', async () => {
    const dump = copyOfDump();
    const { out } = await grafted(dump);
    const added = files(out).filter((name) => !files(dump).includes(name));
    assert.deepEqual(added, [
      'core-300.img',
      'fdinfo-10.img',
      'fs-300.img',
      'ids-300.img',
      'mm-300.img',
      'pagemap-300.img',
      'pages-2.img',
      GRAFT_FILE,
    ]);
  });

  it('leads to the parent images of an incremental dump', async () => {
    const dump = copyOfDump();
    symlinkSync('../dump-0', join(dump, 'parent'));
    const { out } = await grafted(dump);
    assert.deepEqual(files(join(out, 'parent')), files(join(dump, '..', 'dump-0')));
  });

  it('leads there too when both directories are named by links', async () => {
    const dump = copyOfDump();
    symlinkSync('../dump-0', join(dump, 'parent'));
    const elsewhere = mkdtempSync(join(dump, '..', 'links-'));
    symlinkSync(dump, join(elsewhere, 'latest'));
    const place = join(dump, '..', 'a', 'place');
    mkdirSync(place, { recursive: true });
    symlinkSync(place, join(elsewhere, 'place'));
    const { files: changed } = await grafted(dump);
    writeDirectory(join(elsewhere, 'latest'), join(elsewhere, 'place', 'out'), changed);
    assert.deepEqual(files(join(place, 'out', 'parent')), files(join(dump, '..', 'dump-0')));
  });

  it('says in its file what the finisher needs, by the schema', async () => {
    const dump = copyOfDump();
    editCore(dump, 9, (core) => Object.assign(core.tc!, { taskState: 3, stopSigno: 20 }));
    const { graft, graftFile } = await grafted(dump);
    assert.ok(Compile(GraftFileSchema).Check(graftFile));
    assert.equal(graftFile.pstree, createHash('sha256').update(bytesOf(dump, 'pstree.img')).digest('hex'));
    assert.deepEqual(graftFile.script, graft.script);
    assert.deepEqual(graftFile.restore, {
      sigchld: [3],
      pdeathSignals: [],
      stops: [{ pid: 9, signal: 20 }],
      signals: [],
    });
    assert.deepEqual(
      graftFile.expected.map(({ pid, ppid, threads }) => [pid, ppid, threads.length]),
      [
        [1, 0, 1],
        [2, 1, 1],
        [6, 1, 3],
        [8, 1, 1],
        [3, 2, 1],
        [5, 2, 1],
        [7, 6, 1],
        [9, 8, 1],
      ],
    );
  });
});

describe('a carrier', () => {
  it('is its model without anything that runs, waits or is told', async () => {
    const dump = copyOfDump();
    editCore(dump, 3, ({ tc, threadCore }) => {
      Object.assign(threadCore!, { pdeathSig: 9, seccompMode: 2, seccompFilter: 0, signalsP: queueOf(15) });
      Object.assign(tc!, { blkSigset: 0xffn, signalsS: queueOf(15) });
      const { sigaction } = fromBinary(SignalActionSchema, tc!.sigactions[16]!);
      assert.equal(sigaction, 0n);
      tc!.sigactions[16] = toBinary(SignalActionSchema, create(SignalActionSchema, { sigaction: 4096n }));
    });
    edit(dump, 'core-3.img', withUnknownField);
    const { out } = await grafted(dump);
    const { tc, threadCore, x86 } = coreOf(out, 300);
    assert.equal(tc?.taskState, 3);
    assert.deepEqual([tc?.blkSigset, tc?.signalsS, tc?.childSubreaper], [0n, undefined, false]);
    const actions = tc!.sigactions.map((bytes) => fromBinary(SignalActionSchema, bytes));
    assert.ok(actions.every(({ sigaction, flags, mask }) => sigaction === 0n && !flags && !mask));
    assert.equal(tc?.sigactions.length, coreOf(dump, 3).tc?.sigactions.length);
    for (const field of ['pdeathSig', 'seccompMode', 'seccompFilter', 'signalsP', 'rseqEntry'] as const) {
      assert.equal(threadCore?.[field], undefined, field);
    }
    assert.equal(threadCore?.futexRlaLen, 0);
    assert.ok(bytesOf(out, 'core-300.img').includes(UNKNOWN), 'credentials and whatever else there is stay');
    assert.equal(x86?.gpregs?.ip, 0x1000_0000n);
  });

  it('has one page of code, of its own, and no other memory of anybody', async () => {
    const { out } = await grafted(copyOfDump());
    const { vmas } = fromBinary(MemoryMapSchema, entriesOf(out, 'mm-300.img')[0]!);
    assert.deepEqual(
      vmas.map(({ start, prot }) => [start, prot]),
      [
        [0x1000_0000n, 5],
        [0x1000_1000n, 3],
      ],
    );
    const [, run, ...others] = entriesOf(out, 'pagemap-300.img');
    assert.equal(others.length, 0);
    assert.equal(fromBinary(PagemapRunSchema, run!).nrPages, 1n);
    const page = bytesOf(out, 'pages-2.img');
    assert.equal(page.length, 4096);
    assert.deepEqual([...page.subarray(5, 7)], [0x0f, 0x05]);
  });

  it('shares nothing but the namespaces of its model', async () => {
    const { out } = await grafted(copyOfDump());
    const ids = (pid: number) => fromBinary(SharedIdsSchema, entriesOf(out, `ids-${pid}.img`)[0]!);
    const { vmId, filesId, fsId, sighandId } = ids(300);
    assert.deepEqual([vmId, filesId, fsId, sighandId], [10, 10, 10, 10]);
    assert.deepEqual(ids(300).$unknown, ids(3).$unknown);
  });
});

describe('what would be lost with a carrier', () => {
  it('parent-death signals are taken out of the images, to be set at the end', async () => {
    const dump = copyOfDump();
    editCore(dump, 5, ({ threadCore }) => Object.assign(threadCore!, { pdeathSig: 15 }));
    edit(dump, 'core-5.img', withUnknownField);
    const { graftFile, out } = await grafted(dump);
    assert.deepEqual(graftFile.restore.pdeathSignals, [{ pid: 5, tid: 5, signal: 15 }]);
    assert.equal(coreOf(out, 5).threadCore?.pdeathSig, undefined);
    assert.ok(bytesOf(out, 'core-5.img').includes(UNKNOWN));
    assert.equal(coreOf(dump, 5).threadCore?.pdeathSig, 15);
  });

  it('pending signals that a stop throws away are queued again, with all that came with them', async () => {
    const dump = copyOfDump();
    editCore(dump, 5, ({ tc }) => Object.assign(tc!, { signalsS: queueOf(10, 18) }));
    editCore(dump, 9, ({ threadCore }) => Object.assign(threadCore!, { signalsP: queueOf(20, 34) }));
    const { graftFile } = await grafted(dump);
    assert.deepEqual(
      graftFile.restore.signals.map(({ pid, tid, info }) => [pid, tid, info.length, info.slice(0, 10)]),
      [
        [5, 0, 256, '1200000000'],
        [9, 9, 256, '1400000000'],
      ],
    );
  });

  const shareFiles = (dump: string, pid: number, filesId: number): void =>
    edit(dump, `ids-${pid}.img`, (entry) => {
      const ids = fromBinary(SharedIdsSchema, entry);
      ids.filesId = filesId;
      return toBinary(SharedIdsSchema, ids);
    });

  it('a carrier takes part in the file table of those that it stands between', async () => {
    const dump = copyOfDump();
    for (const pid of [2, 3, 5]) shareFiles(dump, pid, 3);
    const { out, files: changed } = await grafted(dump);
    const ids = fromBinary(SharedIdsSchema, entriesOf(out, 'ids-300.img')[0]!);
    assert.deepEqual([ids.filesId, ids.fsId], [3, 10]);
    assert.ok(![...changed.keys()].some((name) => name.startsWith('fdinfo-')));
  });
});

it('an image set that CRIU restores by itself only gets the file that says so', async () => {
  const dump = copyOfDump();
  edit(dump, 'pstree.img', (entry) => {
    const record = fromBinary(PstreeRecordSchema, entry);
    if (record.pid === 5) Object.assign(record, { pgid: 2, sid: 2 });
    return toBinary(PstreeRecordSchema, record);
  });
  const { graft, files: changed, graftFile } = await grafted(dump);
  assert.equal(graft.outcome, 'not needed');
  assert.deepEqual([...changed.keys()], [GRAFT_FILE]);
  assert.deepEqual([graftFile.records, graftFile.carriers, graftFile.script], [[], [], []]);
});

it('an image set that lacks what a carrier is made of is refused by the name of the file', async () => {
  const dump = copyOfDump();
  rmSync(join(dump, 'mm-3.img'));
  await assert.rejects(graftImages(imageDirectory(dump), { criu: '4.3' }), /no mm-3\.img/);
});
