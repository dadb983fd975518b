/** Uploads as people send them: by curl, compressed, of the wrong kind. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { LightMyRequestResponse } from 'fastify';
import { SAMPLE } from '../../src/http/schemas/uploads.ts';
import { dumpParts, tarOf } from '../formats/dumps.ts';
import { postJson, startService } from './service-under-test.ts';

const { app } = await startService();
const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../../test/fixtures/cases/${name}`, import.meta.url));
const tar = await tarOf(dumpParts('trivial'));
const post = (
  payload: Buffer | string,
  headers: Record<string, string>,
  url = '/v1/plans',
): Promise<LightMyRequestResponse> => app.inject({ method: 'POST', url, headers, payload });

interface Part {
  readonly name: string;
  readonly type?: string;
  readonly bytes: Uint8Array;
}

function multipart(parts: readonly Part[]): Promise<LightMyRequestResponse> {
  const chunks = parts.flatMap(({ name, type = 'application/octet-stream', bytes }) => [
    Buffer.from(`--edge\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n`),
    Buffer.from(`Content-Type: ${type}\r\n\r\n`),
    Buffer.from(bytes),
    Buffer.from('\r\n'),
  ]);
  const payload = Buffer.concat([...chunks, Buffer.from('--edge--\r\n')]);
  return post(payload, { 'content-type': 'multipart/form-data; boundary=edge' });
}

const expected = (await post(tar, { 'content-type': 'application/x-tar' })).json().treeId;

test('curl -F file=@archive: one file of a multipart body may be a whole upload', async () => {
  const archives: [string, string | undefined, Uint8Array][] = [
    ['checkpoint.tar', undefined, tar],
    ['checkpoint.tar.gz', 'application/gzip', gzipSync(tar)],
    ['checkpoint', 'text/plain', gzipSync(tar)],
  ];
  for (const [name, type, bytes] of archives) {
    const answer = await multipart([{ name, bytes, ...(type && { type }) }]);
    assert.equal(answer.statusCode, 201, answer.body);
    assert.equal(answer.json().treeId, expected, name);
  }
  const json = await multipart([{ name: 'tree.json', bytes: Buffer.from(JSON.stringify(SAMPLE)) }]);
  assert.equal(json.json().treeId, (await postJson(app, '/v1/plans', SAMPLE)).json().treeId);
  const files = await multipart([...dumpParts('trivial'), { name: 'dump.log', bytes: Buffer.from('log') }]);
  assert.equal(files.json().treeId, expected);
});

test('two whole uploads in one body are one too many', async () => {
  const twice = await multipart([
    { name: 'a.tar', bytes: tar },
    { name: 'b.tar', bytes: tar },
  ]);
  assert.deepEqual([twice.statusCode, twice.json().code], [422, 'BODY_INVALID']);
  const [image] = dumpParts('trivial');
  for (const files of [
    [{ name: 'a.tar', bytes: tar }, image!],
    [image!, { name: 'a.tar', bytes: tar }],
  ]) {
    assert.equal((await multipart(files)).json().code, 'BODY_INVALID');
  }
});

test('the files of an image directory that make no tree are passed over, wherever they come', async () => {
  const files = dumpParts('trivial');
  const fdinfo = Buffer.from('194356543237215608000000080510001801200', 'hex');
  const others = [
    { name: 'fdinfo-2.img', bytes: fdinfo },
    { name: 'tmpfs-dev-47.tar.gz.img', bytes: gzipSync('a tmpfs') },
    { name: 'mm-1.img.json', bytes: Buffer.from('{"magic":"MM","entries":[]}') },
    { name: 'fs-1', bytes: fdinfo },
  ];
  for (const parts of [
    [...others, ...files],
    [...files, ...others],
  ]) {
    const answer = await multipart(parts);
    assert.equal(answer.statusCode, 201);
    assert.equal(answer.json().treeId, expected);
  }
  for (const lone of others) assert.equal((await multipart([lone])).statusCode >= 400, true);
});

test('a broken multipart body is told with the byte, and the file, that it breaks off at', async () => {
  const send = async (body: string, type = 'boundary=edge') => {
    const answer = await post(body, { 'content-type': `multipart/form-data; ${type}` });
    const { status, code, errors } = answer.json();
    return [
      status,
      code,
      errors.map(({ code, file, offset }: Record<string, unknown>) => [code, file, offset]),
    ];
  };
  const file = (name: string, type = 'application/octet-stream', text = 'abc') =>
    `--edge\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n${text}`;
  const broken = (...place: unknown[]) => [400, 'BODY_UNPARSABLE', [['MULTIPART_BROKEN', ...place]]];
  const one = file('pstree.img');
  assert.deepEqual(await send('abc', 'x=y'), broken(undefined, undefined));
  assert.deepEqual(await send('abc'), broken(undefined, 3));
  assert.deepEqual(await send(one), broken('pstree.img', one.length));
  const second = `${one}\r\n${file('core-1.img')}`;
  assert.deepEqual(await send(second), broken('core-1.img', second.length));
  const json = (name: string) => file(name, 'application/json', JSON.stringify(SAMPLE));
  for (const [first, other] of [
    [json('a.json'), json('b.json')],
    [json('a.json'), file('b.txt', 'text/plain')],
    [one, json('b.json')],
  ]) {
    const [status, code, faults] = await send(`${first}\r\n${other}\r\n--edge--\r\n`);
    assert.deepEqual([status, code], [422, 'BODY_INVALID']);
    assert.match(faults[0].join(), /^FILE_TOO_MANY,b\.(json|txt),/);
  }
});

test('a large archive in a multipart body flows to its reader, and a broken one is told', async () => {
  const pages = { name: 'pages-1.img', bytes: Buffer.alloc(40 << 20, 'page') };
  const large = await tarOf([pages, ...dumpParts('trivial')]);
  assert.equal((await multipart([{ name: 'large.tar', bytes: large }])).json().treeId, expected);
  const broken = await multipart([{ name: 'large.tar', bytes: large.subarray(0, -3000) }]);
  assert.deepEqual([broken.statusCode, broken.json().code], [400, 'IMAGE_UNPARSABLE']);
});

test('curl --data-binary @archive says that it sends a form; it does not', async () => {
  const answer = await post(tar, { 'content-type': 'application/x-www-form-urlencoded' });
  assert.equal(answer.json().treeId, expected);
});

test('Content-Encoding: gzip is taken of every form, and others are refused by name', async () => {
  const plain = (await postJson(app, '/v1/plans', { tree: SAMPLE })).json();
  const encoded = { 'content-encoding': 'gzip' };
  for (const body of [JSON.stringify({ tree: SAMPLE }), JSON.stringify(SAMPLE)]) {
    const answer = await post(gzipSync(body), { ...encoded, 'content-type': 'application/json' });
    assert.equal(answer.json().id, plain.id, answer.body);
  }
  const lines = `{"root":1}\n${SAMPLE.processes.map((process) => JSON.stringify(process)).join('\n')}`;
  const ndjson = await post(gzipSync(lines), { ...encoded, 'content-type': 'application/x-ndjson' });
  assert.equal(ndjson.json().treeId, plain.treeId);
  const archive = await post(gzipSync(tar), { ...encoded, 'content-type': 'application/x-tar' });
  assert.equal(archive.json().treeId, expected);
  const preflight = await post(
    gzipSync(JSON.stringify({ pidMax: 32_768 })),
    { ...encoded, 'content-type': 'application/json' },
    `/v1/plans/${plain.id}/preflight`,
  );
  assert.deepEqual([preflight.statusCode, preflight.json().ok], [200, true]);
  const batch = await post(
    gzipSync(`${JSON.stringify({ tree: SAMPLE })}\n`),
    { ...encoded, 'content-type': 'application/x-ndjson' },
    '/v1/plans:batch',
  );
  assert.equal(JSON.parse(batch.body).id, plain.id);
  const other = await post('{}', { 'content-encoding': 'br', 'content-type': 'application/json' });
  assert.deepEqual([other.statusCode, other.json().code], [415, 'ENCODING_UNKNOWN']);
  assert.equal(other.headers['accept-encoding'], 'gzip, zstd');
  const lie = await post('{"root":1}', { ...encoded, 'content-type': 'application/json' });
  assert.equal(lie.statusCode, 400);
  const cut = await post(gzipSync(JSON.stringify(SAMPLE)).subarray(0, -9), {
    ...encoded,
    'content-type': 'application/json',
  });
  assert.equal(cut.statusCode, 400);
});

test('what is known and not read is named as what it is', async () => {
  const forms: [Buffer, RegExp][] = [
    [fixture('lone-core-1.img'), /lone core-N\.img/],
    [Buffer.from('425a68393141592653590000', 'hex'), /bzip2/],
    [Buffer.from('fd377a585a000004e6d6b446', 'hex'), /\bxz\b/],
    [Buffer.from('DMTCP_CHECKPOINT_IMAGE_v2.0\n'), /DMTCP/],
    [Buffer.from('\ufeff{"processes":[]}', 'utf16le'), /UTF-16/],
    [Buffer.from('PK\x03\x04 and more'), /zip archive/],
    [Buffer.from('\x7fELF and more'), /ELF/],
    [dumpParts('trivial').find(({ name }) => name === 'inventory.img')!.bytes as Buffer, /inventory\.img/],
  ];
  for (const [bytes, says] of forms) {
    for (const type of ['application/octet-stream', 'application/x-tar']) {
      const answer = await post(Buffer.from(bytes), { 'content-type': type });
      assert.deepEqual([answer.statusCode, answer.json().code], [415, 'FORM_UNKNOWN'], answer.body);
      assert.match(answer.json().detail, says);
    }
    assert.match((await multipart([{ name: 'upload', bytes }])).json().detail, says);
  }
  const packed = await post(gzipSync('DMTCP_CHECKPOINT_IMAGE_v2.0\n'), {
    'content-type': 'application/gzip',
  });
  assert.match(packed.json().detail, /DMTCP/);
});

test('an image set of an archive is named in the query', async () => {
  const under = (directory: string) =>
    dumpParts('trivial').map((part) => ({ ...part, name: `${directory}/${part.name}` }));
  const both = await tarOf([...under('checkpoints/one'), ...under('checkpoints/two')]);
  const type = { 'content-type': 'application/x-tar' };
  const unnamed = await post(both, type);
  assert.equal(unnamed.statusCode, 422);
  assert.deepEqual(
    unnamed.json().errors.map(({ code, file }: { code: string; file: string }) => [code, file]),
    [
      ['SET_UNNAMED', 'checkpoints/one'],
      ['SET_UNNAMED', 'checkpoints/two'],
    ],
  );
  for (const url of ['/v1/plans?set=checkpoints/two', '/v1/trees?set=checkpoints%2Ftwo']) {
    const answer = (await post(both, type, url)).json();
    assert.equal(answer.treeId ?? answer.id, expected);
  }
});

test('findings of an upload are in the answer of its plan', async () => {
  const answer = await post(fixture('core7-missing.tar'), { 'content-type': 'application/x-tar' });
  const found = answer.json().diagnostics.find(({ code }: { code: string }) => code === 'STATE_UNKNOWN');
  assert.deepEqual(found.pids, [7]);
});

test('a root may have the number of its real parent', async () => {
  const answer = await post(fixture('root-left-out.json'), { 'content-type': 'application/json' });
  assert.deepEqual([answer.statusCode, answer.json().outcome], [201, 'restorable'], answer.body);
});
