/** Uploads that come again, byte for byte (src/http/recent-answers.ts). */

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { SAMPLE } from '../../src/http/schemas/uploads.ts';
import { Planner } from '../../src/jobs/planner.ts';
import { flatTree, postJson, startService } from './service-under-test.ts';

const { app } = await startService();
const uncached = await startService({ ANSWER_CACHE_BYTES: '0' });

/** Everything that is no request's own. */
function sent({ statusCode, headers, rawPayload }: LightMyRequestResponse): object {
  const { date, 'x-request-id': requestId, ...others } = headers;
  return { statusCode, others, body: rawPayload.toString('base64') };
}

const ADDRESSES = ['/v1/plans', '/v1/plans?include=steps', '/v1/plans?include=steps,diff&helperPidMin=400'];
const HEADERS: Record<string, string>[] = [
  {},
  { 'accept-encoding': 'gzip' },
  { 'accept-encoding': 'gzip', 'x-no-compression': '1' },
  { 'accept-encoding': 'gzip, deflate, br' },
  { accept: 'application/*' },
];

test('the same bytes again get the same bytes again, and those that a service without memory sends', async () => {
  for (const url of ADDRESSES) {
    for (const headers of HEADERS) {
      for (const body of [SAMPLE, { tree: flatTree(80), options: { allowCloneParent: false } }]) {
        const first = sent(await postJson(app, url, body, headers));
        for (let again = 0; again < 3; again++)
          assert.deepEqual(sent(await postJson(app, url, body, headers)), first);
        assert.deepEqual(sent(await postJson(uncached.app, url, body, headers)), first);
      }
    }
  }
});

test('an answer is kept from the second time on, as it was sent, compressed, and says the same to browsers of other origins', async () => {
  const { app } = await startService({ CORS_ORIGIN: 'https://one.example' });
  const reading = mock.method(Planner.prototype, 'read');
  const headers = { 'accept-encoding': 'br', origin: 'https://one.example' };
  const first = await postJson(app, '/v1/plans?include=steps', SAMPLE, headers);
  assert.equal(first.headers['content-encoding'], 'br');
  assert.match(String(first.headers.vary), /^origin, accept-encoding$/i);
  for (let again = 0; again < 3; again++) {
    assert.deepEqual(sent(await postJson(app, '/v1/plans?include=steps', SAMPLE, headers)), sent(first));
    assert.equal(reading.mock.callCount(), 2);
  }
  reading.mock.restore();
  const { body } = await app.inject({ url: `${first.headers.location}?include=steps` });
  assert.equal(brotliDecompressSync(first.rawPayload).toString(), body);
});

test('what is asked for besides the bytes counts', async () => {
  const body = { tree: flatTree(20) };
  const plain = await postJson(app, '/v1/plans', body);
  assert.equal(plain.json().steps, undefined);
  assert.equal((await postJson(app, '/v1/plans?include=steps', body)).json().steps.length, 39);
  const other = await postJson(app, '/v1/plans?helperPidMin=900', body);
  assert.equal(other.json().options.helperPidMin, 900);
  assert.equal((await postJson(app, '/v1/plans', body, { accept: 'image/png' })).statusCode, 406);
  assert.equal((await postJson(app, '/v1/plans', body, { 'content-type': 'text/html' })).statusCode, 415);
  const waited = await postJson(app, '/v1/plans', body, { prefer: 'wait=5' });
  assert.equal(waited.headers['preference-applied'], 'wait=5');
});

async function exists(service: FastifyInstance, url: string): Promise<boolean> {
  return (await service.inject(url)).statusCode === 200;
}

test('a deleted plan or tree is made and stored again when its upload comes again', async () => {
  const body = { tree: flatTree(30) };
  const { id, treeId } = (await postJson(app, '/v1/plans', body)).json();
  for (const deleted of [`/v1/plans/${id}`, `/v1/trees/${treeId}`]) {
    for (let again = 0; again < 2; again++) await postJson(app, '/v1/plans', body);
    assert.equal((await app.inject({ method: 'DELETE', url: deleted })).statusCode, 204);
    assert.equal(await exists(app, `/v1/plans/${id}`), false);
    assert.equal((await postJson(app, '/v1/plans', body)).json().id, id);
    assert.ok(await exists(app, `/v1/plans/${id}`));
    assert.ok(await exists(app, `/v1/trees/${treeId}`));
  }
});

test('a plan asked for by the id of its tree is not answered once the tree is deleted', async () => {
  const { id: treeId } = (await postJson(app, '/v1/trees', flatTree(40))).json();
  for (let turn = 0; turn < 3; turn++) {
    assert.equal((await postJson(app, '/v1/plans', { treeId })).statusCode, 201);
  }
  await app.inject({ method: 'DELETE', url: `/v1/trees/${treeId}` });
  assert.equal((await postJson(app, '/v1/plans', { treeId })).json().code, 'TREE_NOT_FOUND');
});
