import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { CoreEntrySchema } from '../../../src/formats/criu/gen/core_pb.ts';
import { TaskKobjIdsEntrySchema } from '../../../src/formats/criu/gen/ids_pb.ts';
import { NsEntrySchema } from '../../../src/formats/criu/gen/ns_pb.ts';
import { PstreeEntrySchema } from '../../../src/formats/criu/gen/pstree_pb.ts';
import { COMMON_MAGIC, type ImageKind, TYPE_MAGIC } from '../../../src/formats/criu/image-framing.ts';
import { readTreeParts, type UploadPart } from '../../../src/formats/read-tree.ts';
import { treeImage } from '../../../src/formats/write-tree.ts';
import { refusalOf, treeOf } from '../loaded.ts';

function imageFile(kind: ImageKind, entries: Uint8Array[]): Uint8Array {
  const word = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  return Buffer.concat([
    word(COMMON_MAGIC),
    word(TYPE_MAGIC[kind]),
    ...entries.flatMap((entry) => [word(entry.length), entry]),
  ]);
}

type PstreeInit = MessageInitShape<typeof PstreeEntrySchema>;

function pstree(...entries: PstreeInit[]): UploadPart {
  const bodies = entries.map((entry) => toBinary(PstreeEntrySchema, create(PstreeEntrySchema, entry)));
  return { name: 'pstree.img', bytes: imageFile('pstree', bodies) };
}

function task(pid: number, state: number, pidNsId?: number): UploadPart[] {
  const core = toBinary(
    CoreEntrySchema,
    create(CoreEntrySchema, { tc: { taskState: state, childSubreaper: false } }),
  );
  const ids = toBinary(TaskKobjIdsEntrySchema, create(TaskKobjIdsEntrySchema, { pidNsId: pidNsId ?? 0 }));
  return [
    { name: `core-${pid}.img`, bytes: imageFile('core', [core]) },
    ...(pidNsId === undefined ? [] : [{ name: `ids-${pid}.img`, bytes: imageFile('ids', [ids]) }]),
  ];
}

const ENTRIES: { pid: number[]; ppid: number; pgid: number[]; sid: number[] }[] = [
  { pid: [1, 0], ppid: 0, pgid: [1, 0], sid: [1, 0] },
  { pid: [5, 1], ppid: 1, pgid: [5, 1], sid: [5, 1] },
  { pid: [6, 2], ppid: 5, pgid: [5, 1], sid: [1, 0] },
  { pid: [7, 3], ppid: 5, pgid: [5, 1], sid: [5, 1] },
];
const TASKS = [...task(1, 1, 2), ...task(5, 1, 9), ...task(6, 3, 9), ...task(7, 2)];

const EXPECTED = {
  root: 1,
  pidNamespaces: [
    { id: '0', parent: null, init: 1 },
    { id: '9', parent: '0', init: 5 },
  ],
  processes: [
    { pid: 1, ppid: 0, pgid: 1, sid: 1, pidns: '0', nspid: [1], nspgid: [1], nssid: [1] },
    { pid: 5, ppid: 1, pgid: 5, sid: 5, pidns: '9', nspid: [5, 1], nspgid: [5, 1], nssid: [5, 1] },
    { pid: 6, ppid: 5, pgid: 5, sid: 1, pidns: '9', nspid: [6, 2], nspgid: [5, 1], nssid: [1, 0] },
    { pid: 7, ppid: 5, pgid: 5, sid: 5, pidns: '9', nspid: [7, 3], nspgid: [5, 1], nssid: [5, 1] },
  ].map((process) => ({ ...process, state: process.pid === 7 ? 'zombie' : 'alive', childSubreaper: false })),
};

describe('a dump with nested pid namespaces', () => {
  it('is read from the vectors of Virtuozzo', async () => {
    const entries = ENTRIES.map(({ pid, ppid, pgid, sid }) => ({
      ppid,
      vzNsPid: pid,
      vzNsPgid: pgid,
      vzNsSid: sid,
    }));
    assert.deepEqual(treeImage(treeOf(await readTreeParts([pstree(...entries), ...TASKS]))), EXPECTED);
  });

  it('is read from the vectors of the 2018 branch', async () => {
    const entries = ENTRIES.map(({ pid, ppid, pgid, sid }) => ({
      ppid,
      nsPid: pid,
      nsPgid: pgid,
      nsSid: sid,
    }));
    assert.deepEqual(treeImage(treeOf(await readTreeParts([pstree(...entries), ...TASKS]))), EXPECTED);
  });

  it('takes threads and the subreaper flag from the fields of Virtuozzo', async () => {
    const entry = {
      ppid: 0,
      vzNsPid: [1],
      vzNsPgid: [1],
      vzNsSid: [1],
      vzChildSubreaper: true,
      vzTids: [{ tid: [1] }, { tid: [4] }],
    };
    const { processes } = treeImage(treeOf(await readTreeParts([pstree(entry), ...task(1, 1, 2)])));
    assert.deepEqual([processes[0]!.threads, processes[0]!.childSubreaper], [[1, 4], true]);
  });

  it('takes the hierarchy of namespaces from ns.img', async () => {
    const entries = [[1], [2, 1], [3, 1], [4, 4, 1]].map((pid) => ({
      ppid: pid[0] === 1 ? 0 : 1,
      vzNsPid: pid,
      vzNsPgid: pid,
      vzNsSid: pid,
    }));
    const parts = [
      pstree(...entries),
      ...task(1, 1, 2),
      ...task(2, 1, 20),
      ...task(3, 1, 30),
      ...task(4, 1, 40),
    ];
    const namespace = (id: number, parentId: number): Uint8Array =>
      toBinary(NsEntrySchema, create(NsEntrySchema, { id, parentId, nsCflag: 0x20000000 }));
    const ns = {
      name: 'ns.img',
      bytes: imageFile('ns', [namespace(20, 2), namespace(30, 2), namespace(40, 30)]),
    };
    const image = treeImage(treeOf(await readTreeParts([...parts, ns])));
    assert.deepEqual(image.pidNamespaces!.at(-1), { id: '40', parent: '30', init: 4 });
    assert.equal(refusalOf(await readTreeParts(parts)).faults[0]!.file, 'ns.img');
  });
});
