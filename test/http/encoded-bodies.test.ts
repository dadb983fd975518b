/** Bodies that are read where they arrive: encoded in the same ways as uploads, and read to their end. */

import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { SAMPLE } from '../../src/http/schemas/uploads.ts';
import { postJson, startService } from './service-under-test.ts';

const { app } = await startService();
const { id } = (await postJson(app, '/v1/plans', SAMPLE)).json();

const LOG = "(00.1) Error (criu/pstree.c:1): Can't find a session leader for 4\n";
const CALLS: readonly [url: string, type: string, body: string][] = [
  ['/v1/logs/explain', 'text/plain', LOG],
  [`/v1/plans/${id}/preflight`, 'application/json', '{"pidMax":4}'],
  ['/v1/plans:batch', 'application/x-ndjson', `${JSON.stringify({ tree: SAMPLE })}\n`],
];
const ENCODINGS: readonly [name: string, encode: (text: string) => Buffer][] = [
  ['gzip', gzipSync],
  ['GZIP', gzipSync],
  ['x-gzip', gzipSync],
  ['zstd', zstdCompressSync],
  ['identity', Buffer.from],
];

const post = (url: string, type: string, payload: Buffer | string, encoding?: string) =>
  app.inject({
    ...{ method: 'POST', url, payload },
    headers: { 'content-type': type, ...(encoding && { 'content-encoding': encoding }) },
  });

test('a body means the same however it is encoded; encodings that are not known are refused', async () => {
  for (const [url, type, body] of CALLS) {
    const plain = await post(url, type, body);
    assert.equal(plain.statusCode, 200, plain.body);
    for (const [name, encode] of ENCODINGS) {
      assert.equal((await post(url, type, encode(body), name)).body, plain.body, `${url} ${name}`);
    }
    for (const name of ['br', 'deflate', 'gzip, gzip', 'x']) {
      const refused = await post(url, type, body, name);
      assert.deepEqual([refused.statusCode, refused.json().code], [415, 'ENCODING_UNKNOWN'], url);
      assert.equal(refused.headers['accept-encoding'], 'gzip, zstd');
    }
  }
});

test('one that is damaged or too large is told as that', async () => {
  const large = gzipSync(Buffer.alloc(300 << 20));
  for (const [url, type, body] of CALLS) {
    const codes = [];
    for (const bytes of [gzipSync(body).subarray(0, -9), Buffer.from(body), large]) {
      const answer = await post(url, type, bytes, 'gzip');
      codes.push(JSON.parse(answer.body.trim().split('\n').at(-1)!).code);
    }
    assert.deepEqual(codes, ['BODY_UNPARSABLE', 'BODY_UNPARSABLE', 'BODY_TOO_LARGE'], url);
  }
});

test('the rest of a body that nobody wants does not hold up the next request of its connection', async (t) => {
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.after(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const body = Buffer.concat(Array(40).fill(gzipSync(Buffer.alloc(64 << 20, ' '))));
  const ask = (path: string, method: string, headers: Record<string, string>, bytes?: Buffer) =>
    new Promise<number>((resolve, reject) => {
      request({ port, path, method, agent, headers, timeout: 10_000 }, (answer) =>
        answer.resume().on('end', () => resolve(answer.statusCode!)),
      )
        .on('timeout', () => reject(new Error(`no answer of ${path}`)))
        .on('error', reject)
        .end(bytes);
    });
  for (const [url, type] of CALLS) {
    await ask(url, 'POST', { 'content-type': type, 'content-encoding': 'gzip' }, body).catch(() => {});
    assert.equal(await ask('/livez', 'GET', {}), 200, url);
  }
  agent.destroy();
});
