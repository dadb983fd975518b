/** CRIU image files that are not what their first bytes, their lengths or their messages say. */

import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { UploadPart } from '../../src/formats/read-tree.ts';
import { dumpParts } from '../formats/dumps.ts';
import { scaled } from '../full-size.ts';
import { MULTIPART, multipartBody } from './multipart.ts';
import { besieged } from './siege.ts';
import {
  aliveCore,
  emptyMessages,
  idsFile,
  imageFile,
  nestedGroups,
  PSTREE,
  packedOnes,
  pstreeEntry,
  words,
} from './wire.ts';

const siege = await besieged();
const parts = dumpParts('docker_shim');
const OCTETS = 'application/octet-stream';
const ROOT = pstreeEntry({ pid: 1, ppid: 0 });
const MOST_MIB = 1024;

function withFile(name: string, change: (bytes: Buffer) => Uint8Array): UploadPart[] {
  return parts.map((part) => (part.name === name ? { name, bytes: change(Buffer.from(part.bytes)) } : part));
}

function overwritten(bytes: Buffer, at: number, word: number): Buffer {
  bytes.writeUInt32LE(word, at);
  return bytes;
}

siege.refused('every file with a wrong magic number', async (attacker) => {
  for (const { name } of parts) {
    const at = name === 'inventory.img' ? 0 : 4;
    for (const magic of [0, 0x54564319, 0xffffffff, 0x44293409]) {
      const body = multipartBody(withFile(name, (bytes) => overwritten(bytes, at, magic)));
      const refusal = await attacker.post('/v1/plans', MULTIPART, body, `${name}, magic ${magic}`);
      assert.ok([400, 415].includes(refusal.status), `${name}: ${refusal.body}`);
    }
  }
  for (const body of [words(0), words(0x54564319, 1), Buffer.from('MZ'), Buffer.from('\x7fELF\x02')]) {
    const { status } = await attacker.post('/v1/plans', OCTETS, body, 'a lone file');
    assert.ok(status === 400 || status === 415);
  }
});

siege.refused('every file with a length that lies', async (attacker) => {
  for (const { name } of parts) {
    const at = name === 'inventory.img' ? 4 : 8;
    for (const length of [0x7fffffff, 0xffffffff, 0x80000000, 1_000_000]) {
      const body = multipartBody(withFile(name, (bytes) => overwritten(bytes, at, length)));
      const refusal = await attacker.refused(
        '/v1/plans',
        MULTIPART,
        body,
        [400, 'IMAGE_TRUNCATED'],
        `${name} says ${length}`,
      );
      assert.deepEqual([refusal.errors![0]!.file, refusal.errors![0]!.offset], [name, at]);
    }
  }
});

siege.refused('messages that are none', async (attacker) => {
  const cases: [string, Buffer][] = [
    ['a length beyond the entry', Buffer.from([0x2a, 0xff, 0xff, 0xff, 0x7f])],
    ['a number of eleven bytes', Buffer.concat([Buffer.from([0x08]), Buffer.alloc(11, 0xff)])],
    ['a number that is cut off', Buffer.from([0x08, 0x80])],
    ['a wire type that does not exist', Buffer.from([0x0f])],
    ['field 0', Buffer.from([0x00, 0x01])],
    ['a group that does not end', Buffer.from([0x7b])],
    ['a group that only ends', Buffer.from([0x7c])],
    ['groups 100,000 deep', nestedGroups(100_000)],
  ];
  for (const [what, entry] of cases) {
    const file = imageFile('pstree', [Buffer.concat([ROOT, entry])]);
    const { errors } = await attacker.refused('/v1/plans', OCTETS, file, [400, 'IMAGE_MESSAGE'], what);
    assert.deepEqual([errors![0]!.file, errors![0]!.offset], ['pstree.img', 8], what);
  }
});

const BOMB_BYTES = scaled(20_000_000, 60_000_000);
const bombs: [string, Buffer[], number, string][] = [
  [
    'thread ids in one entry',
    [Buffer.concat([ROOT, packedOnes(PSTREE.threads, BOMB_BYTES)])],
    413,
    'LIMIT_EXCEEDED',
  ],
  [
    'thread ids in many entries',
    new Array<Buffer>(BOMB_BYTES / 4_000_000).fill(
      Buffer.concat([ROOT, packedOnes(PSTREE.threads, 4_000_000)]),
    ),
    413,
    'LIMIT_EXCEEDED',
  ],
  [
    'empty messages in one entry',
    [Buffer.concat([ROOT, emptyMessages(PSTREE.vzTids, BOMB_BYTES / 3)])],
    413,
    'LIMIT_EXCEEDED',
  ],
  [
    'empty messages in many entries',
    new Array<Buffer>(BOMB_BYTES / 4_000_000).fill(
      Buffer.concat([ROOT, emptyMessages(PSTREE.vzTids, 1_300_000)]),
    ),
    413,
    'LIMIT_EXCEEDED',
  ],
  ['empty entries', new Array<Buffer>(BOMB_BYTES / 10).fill(Buffer.alloc(0)), 422, 'FIELD_MISSING'],
  [
    'one process again and again',
    new Array<Buffer>(scaled(20_000, 100_000)).fill(ROOT),
    422,
    'DUPLICATE_PID',
  ],
];
for (const [what, entries, status, code] of bombs) {
  siege.refused(`a protobuf bomb, compressed: ${what}`, async (attacker) => {
    siege.server.forgetPeak();
    const file = imageFile('pstree', entries);
    const body = gzipSync(file, { level: 1 });
    await attacker.refused('/v1/plans', 'application/gzip', body, [status, code], what, file.length);
    assert.ok(siege.server.peakMiB() < MOST_MIB, `${siege.server.peakMiB()} MiB`);
  });
}

siege.survived('unknown fields by the million', async (attacker) => {
  const entry = Buffer.concat([ROOT, Buffer.alloc(4_000_000, Buffer.from([0x78, 0x01]))]);
  await attacker.post('/v1/plans', OCTETS, imageFile('pstree', [entry]), 'unknown fields');
});

siege.refused('pid namespaces by the thousand, none of which says what is around it', async (attacker) => {
  const namespaces = scaled(1_000, 3_000);
  const entries = [pstreeEntry({ pid: 1, ppid: 0, levels: [1, 0, 0] })];
  const files: UploadPart[] = [];
  for (let index = 0; index < namespaces; index++) {
    const pid = 2 + 2 * index;
    entries.push(pstreeEntry({ pid, ppid: 1, levels: [pid, 1, 0] }));
    entries.push(pstreeEntry({ pid: pid + 1, ppid: 1, levels: [pid + 1, 2, 1] }));
    for (const number of [pid, pid + 1]) {
      files.push({ name: `core-${number}.img`, bytes: aliveCore() });
      files.push({ name: `ids-${number}.img`, bytes: idsFile(number) });
    }
  }
  const body = multipartBody([{ name: 'pstree.img', bytes: imageFile('pstree', entries) }, ...files]);
  await attacker.refused('/v1/plans', MULTIPART, body, [422, 'FILE_ABSENT'], 'namespaces');
});

siege.refused('parts of a multipart body that are no files of an image', async (attacker) => {
  const [head, tail] = ['--regraft-hostile-boundary\r\n', '\r\n--regraft-hostile-boundary--\r\n'];
  const disposition = 'content-disposition: form-data; name="file"';
  const octets = '\r\ncontent-type: application/octet-stream\r\n\r\n';
  const bodies: [string, string | Buffer, number][] = [
    ['a part without a file name', `${head}${disposition}${octets}x${tail}`, 422],
    ['a field', `${head}${disposition}\r\n\r\nx${tail}`, 400],
    ['no end', `${head}${disposition}; filename="pstree.img"${octets}x`, 400],
    ['no part', tail, 400],
    ['no boundary at all', 'x'.repeat(100_000), 400],
    ['a header that does not end', `${head}${'x'.repeat(1_000_000)}`, 400],
    ['a name that leads out', multipartBody([{ name: '../../pstree.img', bytes: Buffer.of(0) }]), 400],
    ['a prototype', multipartBody([{ name: '__proto__', bytes: parts[0]!.bytes }]), 415],
    ['a file twice', multipartBody([...parts, parts[0]!]), 422],
  ];
  for (const [what, body, status] of bodies) {
    const answer = await attacker.post('/v1/plans', MULTIPART, body, what);
    assert.equal(answer.status, status, `${what}: ${answer.body}`);
  }
});
