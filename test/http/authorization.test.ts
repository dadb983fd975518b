/** Who may come in: tokens with scopes and rates; nothing is asked where none are set. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { readConfig } from '../../src/config.ts';
import { flatTree, postJson, startService } from './service-under-test.ts';

const hashed = createHash('sha256').update('hidden').digest('hex');
const { app } = await startService({ API_TOKENS: `writer, read:reader,read:sha256:${hashed}` });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const code = (answer: { json(): { code?: string } }) => answer.json().code;

test('without a token, or with a wrong one, nothing below /v1 and no metrics', async () => {
  for (const url of ['/v1/trees', '/v1/plans/x', '/metrics']) {
    const none = await app.inject(url);
    assert.deepEqual([none.statusCode, code(none)], [401, 'UNAUTHORIZED'], url);
    assert.match(String(none.headers['www-authenticate']), /^Bearer realm="regraft"$/);
    const wrong = await app.inject({ url, headers: bearer('guess') });
    assert.equal(wrong.statusCode, 401, url);
    assert.equal(wrong.json().detail, 'This token is not known here.');
    assert.match(String(wrong.headers['www-authenticate']), /invalid_token/);
  }
  for (const authorization of [
    'writer',
    'Basic d3JpdGVyOg==',
    'Bearer',
    'Bearer  ',
    `Bearer sha256:${hashed}`,
  ]) {
    assert.equal(
      (await app.inject({ url: '/v1/trees', headers: { authorization } })).statusCode,
      401,
      authorization,
    );
  }
  assert.equal((await postJson(app, '/v1/trees', flatTree(2))).statusCode, 401);
});

test('no other way to write an address does without', async () => {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  for (const address of [
    ...[
      '/%76%31/trees',
      '/%761/trees',
      '/v%31/trees?limit=1',
      '/v1/%74rees',
      '/%6detrics',
      '/metrics?',
      '/v1/trees#x',
    ],
    ...[`http://127.0.0.1:${port}/v1/trees`, 'http://x/%761/trees', 'http://x/metrics'],
  ]) {
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET ${address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    assert.match(answer, /^HTTP\/1\.1 40[014] /, address);
    assert.doesNotMatch(answer, /"trees"|regraft_/, address);
  }
});

test('probes, the page and the document are open', async () => {
  for (const url of ['/livez', '/readyz', '/', '/openapi.json', '/docs']) {
    assert.ok((await app.inject(url)).statusCode < 400, url);
  }
});

test('a token that may write does everything; one that may only read reads, and asks for preflights', async () => {
  const plan = await postJson(app, '/v1/plans', flatTree(3), bearer('writer'));
  assert.equal(plan.statusCode, 201);
  const { id } = plan.json<{ id: string }>();
  for (const reader of ['reader', 'hidden']) {
    const headers = bearer(reader);
    for (const url of [`/v1/plans/${id}`, '/v1/trees', '/metrics']) {
      assert.equal((await app.inject({ url, headers })).statusCode, 200, url);
    }
    assert.equal((await postJson(app, `/v1/plans/${id}/preflight`, {}, headers)).statusCode, 200);
    for (const refused of [
      await postJson(app, '/v1/plans', flatTree(3), headers),
      await app.inject({ method: 'DELETE', url: `/v1/plans/${id}`, headers }),
    ]) {
      assert.deepEqual([refused.statusCode, code(refused)], [403, 'FORBIDDEN']);
      assert.match(String(refused.headers['www-authenticate']), /insufficient_scope/);
    }
  }
  assert.equal(
    (await app.inject({ method: 'DELETE', url: `/v1/plans/${id}`, headers: bearer('writer') })).statusCode,
    204,
  );
});

test('a token has its rate, each for itself', async () => {
  const limited = await startService({ API_TOKENS: 'one,two', RATE_LIMIT: '5' });
  const ask = (token: string) => limited.app.inject({ url: '/v1/trees', headers: bearer(token) });
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask('one')));
  const refused = answers.filter(({ statusCode }) => statusCode === 429);
  assert.ok(refused.length >= 10 && refused.length <= 15, `${refused.length}`);
  assert.equal(code(refused[0]!), 'RATE_LIMITED');
  assert.equal(refused[0]!.headers['retry-after'], '1');
  assert.equal((await ask('two')).statusCode, 200);
});

test('without tokens a server is for this machine alone, unless it is told otherwise', () => {
  for (const HOST of ['127.0.0.1', '127.0.0.53', '::1', 'localhost'])
    assert.equal(readConfig({ HOST }).host, HOST);
  for (const HOST of ['0.0.0.0', '::', '192.0.2.1', 'example.org', '127.0.0.1.example.org']) {
    assert.throws(() => readConfig({ HOST }), /API_TOKENS has to be set; OPEN_TO_ALL=yes does without/, HOST);
    assert.equal(readConfig({ HOST, API_TOKENS: 'secret' }).host, HOST);
    assert.equal(readConfig({ HOST, OPEN_TO_ALL: 'yes' }).host, HOST);
  }
});
