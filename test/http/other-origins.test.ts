/** Browsers that call from other origins, and OPTIONS of everybody else beside them. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flatTree, postJson, startService } from './service-under-test.ts';

const origin = 'http://a.example';
const { app } = await startService({ CORS_ORIGIN: `${origin}, http://b.example`, API_TOKENS: 'secret' });
const from = (headers: Record<string, string> = {}) => ({
  origin,
  authorization: 'Bearer secret',
  ...headers,
});

test('every method of the API may be called', async () => {
  for (const method of ['GET', 'HEAD', 'POST', 'DELETE']) {
    const { headers, statusCode } = await app.inject({
      method: 'OPTIONS',
      url: `/v1/plans/${'0'.repeat(64)}`,
      headers: { origin, 'access-control-request-method': method },
    });
    assert.equal(statusCode, 204);
    assert.equal(headers['access-control-allow-origin'], origin);
    assert.ok(String(headers['access-control-allow-methods']).split(', ').includes(method), method);
  }
});

test('a page sees why it was refused', async () => {
  const { statusCode, headers } = await app.inject({ url: '/v1/trees', headers: { origin } });
  assert.deepEqual([statusCode, headers['access-control-allow-origin']], [401, origin]);
});

test('OPTIONS without an origin has Allow', async () => {
  const { statusCode, headers } = await app.inject({ method: 'OPTIONS', url: '/v1/trees' });
  assert.deepEqual([statusCode, headers.allow], [204, 'GET, HEAD, POST, OPTIONS']);
});

test('what may be kept by caches varies by the origin too', async () => {
  const { treeId } = (await postJson(app, '/v1/plans', flatTree(3), from())).json<{ treeId: string }>();
  const { headers } = await app.inject({ url: `/v1/trees/${treeId}`, headers: from() });
  assert.deepEqual(String(headers.vary).toLowerCase().split(/, */).sort(), [
    'accept',
    'accept-encoding',
    'origin',
  ]);
});
