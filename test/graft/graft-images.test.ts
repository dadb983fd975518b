/** Image sets rewritten: what changes, what passes through untouched, and what a carrier is made of. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { Compile } from 'typebox/compile';
import {
  CoreImageSchema,
  MemoryMapSchema,
  PagemapRunSchema,
  PstreeRecordSchema,
  SharedIdsSchema,
} from '../../src/formats/criu/gen/rewrite_pb.ts';
import { GRAFT_FILE } from '../../src/formats/graft-file.ts';
import { type GraftFile, GraftFileSchema } from '../../src/formats/graft-schema.ts';
import { graftImageDirectory, graftImages, readImages } from '../../src/graft/graft-images.ts';
import { imageArchive, writeArchive } from '../../src/graft/image-archive.ts';
import { imageDirectory, writeDirectory } from '../../src/graft/image-directory.ts';
import { imageBytes, imageFile } from '../../src/graft/image-file.ts';
import { FIXTURES, tarOf } from '../formats/dumps.ts';

const WHOLE = join(FIXTURES, 'criu-whole-dump');
const scratch = mkdtempSync(join(tmpdir(), 'regraft-graft-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

let copies = 0;
function copyOfDump(): string {
  const directory = join(scratch, `dump-${copies++}`);
  cpSync(WHOLE, directory, { recursive: true });
  writeFileSync(join(directory, 'dump.log'), 'what CRIU said\n');
  writeFileSync(join(directory, 'pages-1.img'), Buffer.alloc(4096, 1));
  return directory;
}

const files = (directory: string): string[] => readdirSync(directory).sort();
const bytesOf = (directory: string, name: string): Buffer => readFileSync(join(directory, name));
const hashes = (directory: string): Record<string, string> =>
  Object.fromEntries(
    files(directory).map((name) => [
      name,
      createHash('sha256').update(bytesOf(directory, name)).digest('hex'),
    ]),
  );

/** Changes the entries of an image file in its directory. */
function edit(directory: string, name: string, change: (entry: Uint8Array, i: number) => Uint8Array): void {
  const file = imageFile(name, bytesOf(directory, name));
  writeFileSync(join(directory, name), imageBytes({ ...file, entries: file.entries.map(change) }));
}

function editCore(
  directory: string,
  id: number,
  change: (core: ReturnType<typeof create<typeof CoreImageSchema>>) => void,
): void {
  edit(directory, `core-${id}.img`, (entry) => {
    const core = fromBinary(CoreImageSchema, entry);
    change(core);
    return toBinary(CoreImageSchema, core);
  });
}

/** A field that no description of ours has, behind the others. */
function withUnknownField(entry: Uint8Array): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(4711, WireType.LengthDelimited).string('from a later release');
  return Buffer.concat([entry, writer.finish()]);
}
const UNKNOWN = 'from a later release';

const entriesOf = (directory: string, name: string): readonly Uint8Array[] =>
  imageFile(name, bytesOf(directory, name)).entries;
const coreOf = (directory: string, id: number) =>
  fromBinary(CoreImageSchema, entriesOf(directory, `core-${id}.img`)[0]!);

async function grafted(directory: string, criu: '4.2' | '4.3' = '4.3') {
  const result = await graftImageDirectory(directory, { criu });
  const out = join(scratch, `out-${copies++}`);
  writeDirectory(directory, out, result.files);
  const graftFile = JSON.parse(bytesOf(out, GRAFT_FILE).toString()) as GraftFile;
  return { ...result, out, graftFile };
}

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
    assert.deepEqual(files(join(out, 'parent')), files(join(scratch, 'dump-0')));
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
      Object.assign(threadCore!, { pdeathSig: 9, seccompMode: 2, seccompFilter: 0, signalsP: Buffer.of(1) });
      Object.assign(tc!, { blkSigset: 0xffn, signalsS: Buffer.of(1) });
      tc!.sigactions[16]!.sigaction = 4096n;
    });
    edit(dump, 'core-3.img', withUnknownField);
    const { out } = await grafted(dump);
    const { tc, threadCore, x86 } = coreOf(out, 300);
    assert.equal(tc?.taskState, 3);
    assert.deepEqual([tc?.blkSigset, tc?.signalsS, tc?.childSubreaper], [0n, undefined, false]);
    assert.ok(tc?.sigactions.every(({ sigaction, flags, mask }) => !sigaction && !flags && !mask));
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
        const from = join(scratch, `archive-${copies++}.tar`);
        writeFileSync(from, tar);
        const archive = await imageArchive(from);
        assert.equal(archive.folder, folder);
        const { files: changed } = await graftImages(archive, { criu: '4.3' });
        const into = join(scratch, `archive-${copies++}.${ending}`);
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
    const from = join(scratch, 'other.tar');
    writeFileSync(from, await tarOf([{ name: 'spec.dump', bytes: Buffer.from('{}') }]));
    await assert.rejects(imageArchive(from), /no pstree.img/);
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
