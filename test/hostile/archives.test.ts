/** Archives that decode to more than they should, or have members that no image directory has. */

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { dumpParts, type TarEntry, tarOf } from '../formats/dumps.ts';
import { scaled } from '../full-size.ts';
import { besieged } from './siege.ts';

const MOST_MEMBERS = 1000;
const siege = await besieged({ MAX_ARCHIVE_ENTRIES: String(MOST_MEMBERS) });
const parts = dumpParts('trivial');
const pstree = parts.find(({ name }) => name === 'pstree.img')!;
const others = parts.filter((part) => part !== pstree);
const [GZIP, TAR, ZSTD] = ['application/gzip', 'application/x-tar', 'application/zstd'];
const MOST_MIB = 512;

siege.refused('gzip bombs', async (attacker) => {
  const mebibytes = scaled(128, 1024);
  const zeros = gzipSync(Buffer.alloc(2 ** 23));
  const bomb = Buffer.concat(new Array<Buffer>(mebibytes / 8).fill(zeros));
  const head = (await tarOf([pstree])).subarray(0, -1024);
  const bombs: [string, Buffer, number, string][] = [
    ['zeros', bomb, 413, 'LIMIT_EXCEEDED'],
    ['an image, then zeros', Buffer.concat([gzipSync(head), bomb]), 413, 'LIMIT_EXCEEDED'],
    ['a bomb in gzip in gzip', gzipSync(gzipSync(bomb)), 400, 'ARCHIVE_BROKEN'],
    ['JSON blanks', gzipSync(Buffer.alloc(2 ** 27, ' {')), 413, 'LIMIT_EXCEEDED'],
    ['a thousand empty members of gzip', Buffer.alloc(20_000, gzipSync('')), 400, 'IMAGE_EMPTY'],
  ];
  siege.server.forgetPeak();
  for (const [what, body, ...expected] of bombs) {
    await attacker.refused('/v1/plans', GZIP, body, expected, what, 2 ** 26);
  }
  assert.ok(siege.server.peakMiB() < MOST_MIB, `${siege.server.peakMiB()} MiB`);
});

siege.refused('zstd bombs', async (attacker) => {
  const frame = (descriptor: number, ...rest: number[]): Buffer =>
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, descriptor, ...rest]);
  const window = 13 << 3;
  const size = (128 * 1024) << 3;
  const longRun = Buffer.from([(size & 0xff) | 2, (size >> 8) & 0xff, size >> 16, 0]);
  const many = (count: number, block: Buffer): Buffer => Buffer.concat(new Array<Buffer>(count).fill(block));
  const bombs: [string, Buffer][] = [
    ['zeros', Buffer.concat([frame(window), many(scaled(20_000, 200_000), longRun)])],
    ['frames of nothing', many(50_000, frame(window, 1, 0, 0))],
    [
      'blocks of a byte',
      Buffer.concat([frame(window), many(100_000, Buffer.from([2 | (1 << 3), 0, 0, 65]))]),
    ],
    ['a window of gigabytes', frame(0xa8, 1, 0, 0)],
  ];
  siege.server.forgetPeak();
  for (const [what, body] of bombs) {
    const answer = await attacker.post('/v1/plans', ZSTD, body, what, 2 ** 26);
    assert.ok([400, 413].includes(answer.status), `${what}: ${answer.body}`);
  }
  assert.ok(siege.server.peakMiB() < MOST_MIB, `${siege.server.peakMiB()} MiB`);
});

siege.refused('members that no image directory has', async (attacker) => {
  const links = ['symlink', 'link', 'directory', 'fifo', 'character-device'] as const;
  const outside = ['../pstree.img', 'a/../../pstree.img', '/pstree.img', '/etc/passwd', 'x/..', '..'];
  const cases: [string, TarEntry[], number, string][] = [
    ...outside.map((name): [string, TarEntry[], number, string] => [
      name,
      [...parts, { ...pstree, name }],
      422,
      'ARCHIVE_PATH',
    ]),
    ...links.map((type): [string, TarEntry[], number, string] => [
      type,
      [{ name: 'pstree.img', type }, ...others],
      422,
      'FILE_NOT_REGULAR',
    ]),
    ['a file twice', [...parts, pstree], 422, 'FILE_TWICE'],
    ['a file twice by two names', [...parts, { ...pstree, name: './pstree.img' }], 422, 'FILE_TWICE'],
    ['two image sets', [...parts, { ...pstree, name: 'checkpoint/pstree.img' }], 422, 'SET_UNNAMED'],
    ['an empty file', [...others, { name: 'pstree.img', bytes: Buffer.alloc(0) }], 400, 'IMAGE_TRUNCATED'],
    ['no tree', others, 422, 'FILE_ABSENT'],
    ['no member', [], 422, 'FILE_ABSENT'],
    [
      'too many members',
      Array.from({ length: MOST_MEMBERS + 1 }, (_, at) => ({ name: `dev/${at}` })),
      413,
      'LIMIT_EXCEEDED',
    ],
  ];
  for (const [what, entries, status, code] of cases) {
    const tar = await tarOf(entries);
    await attacker.refused('/v1/plans', TAR, tar, [status, code], what);
    await attacker.refused('/v1/plans', GZIP, gzipSync(tar), [status, code], `${what}, compressed`);
  }
});

/** A tar with one header changed, its checksum made right again. */
function withHeader(tar: Buffer, change: (header: Buffer) => void): Buffer {
  const copy = Buffer.from(tar);
  const header = copy.subarray(0, 512);
  change(header);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return copy;
}

siege.refused('headers that lie', async (attacker) => {
  const tar = await tarOf([pstree, ...others]);
  const sized = (size: string) => withHeader(tar, (header) => header.write(size.padStart(11, '0'), 124));
  const binarySize = (...bytes: number[]) =>
    withHeader(tar, (header) => Buffer.from(bytes).copy(header, 136 - bytes.length));
  const typed = (type: string, size: string) =>
    withHeader(tar, (header) => {
      header.write(type, 156);
      header.write(size.padStart(11, '0'), 124);
    });
  const pax = (records: string): Buffer => {
    const bytes = Buffer.alloc(512, 0);
    bytes.write(records);
    const head = withHeader(tar, (header) => {
      header.write('x', 156);
      header.write(records.length.toString(8).padStart(11, '0'), 124);
    });
    return Buffer.concat([head.subarray(0, 512), bytes, tar]);
  };
  const cases: [string, Buffer][] = [
    ['8 GiB', sized('77777777777')],
    ['300 MiB', sized((300 * 2 ** 20).toString(8))],
    ['one byte more than the rest', sized(tar.length.toString(8))],
    ['a size in base 256', binarySize(0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['a negative size in base 256', binarySize(...new Array<number>(12).fill(0xff))],
    ['no size', sized('zzzzzzzzzzz')],
    ['a pax header of a gigabyte', typed('x', '7777777777')],
    ['a long name of a gigabyte', typed('L', '7777777777')],
    ['a pax size of petabytes', pax('25 size=9007199254740992\n')],
    ['a negative pax size', pax('11 size=-5\n')],
    ['a pax path that leads out', pax('26 path=../../../pstree.img')],
    ['a checksum that is wrong', Buffer.concat([Buffer.alloc(512, 'x'), tar])],
  ];
  siege.server.forgetPeak();
  for (const [what, body] of cases) {
    const answer = await attacker.post('/v1/plans', TAR, body, what);
    assert.ok([400, 413, 422].includes(answer.status), `${what}: ${answer.status} ${answer.body}`);
  }
  assert.ok(siege.server.peakMiB() < MOST_MIB, `${siege.server.peakMiB()} MiB`);
});

const PAGES_MIB = scaled(64, 512);
siege.survived(
  `an archive with ${PAGES_MIB} MiB of memory pages, which are passed over`,
  async (attacker, context) => {
    const archive = await tarOf(parts);
    const size = PAGES_MIB * 2 ** 20;
    const empty = withHeader(
      (await tarOf([{ name: 'pages-1.img', bytes: Buffer.of(1) }])).subarray(0, 512),
      (header) => header.write(size.toString(8).padStart(11, '0'), 124),
    );
    siege.server.forgetPeak();
    const before = siege.server.peakMiB();
    const status = await posted(
      Readable.from(
        (function* () {
          yield empty;
          const random = createRandomPage();
          for (let sent = 0; sent < size; sent += random.length) yield random;
          yield archive;
        })(),
      ),
    );
    assert.equal(status, 201);
    const peak = siege.server.peakMiB();
    context.diagnostic(`memory before ${before} MiB, at its peak ${peak} MiB`);
    assert.ok(peak < MOST_MIB, `${peak} MiB`);
    await attacker.refused('/v1/plans', TAR, empty, [400, 'ARCHIVE_BROKEN'], 'pages announced and not sent');
  },
);

function createRandomPage(): Buffer {
  return Buffer.from(Array.from({ length: 2 ** 20 }, (_, at) => (at * 7919) & 0xff));
}

function posted(body: Readable): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = siege.server;
    const headers = { 'content-type': TAR };
    const outgoing = request({ port, method: 'POST', path: '/v1/plans', headers }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => resolve(incoming.statusCode!));
    });
    outgoing.on('error', reject);
    body.pipe(outgoing);
  });
}
