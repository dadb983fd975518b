/** Posting: what is tried again, what is not. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { PostError, postAddress, postImage } from '../../src/scan/post-image.ts';
import { toldBody } from '../../src/terminal/told-body.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Answers in turn, the last one from then on. */
async function serverWith(
  t: TestContext,
  answers: readonly Answer[],
): Promise<{ url: URL; count: () => number }> {
  let count = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => answers[Math.min(count++, answers.length - 1)]!(response, request));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { url: postAddress(`http://127.0.0.1:${port}`), count: () => count };
}

const created: Answer = (response) =>
  response.writeHead(201, { location: '/v1/trees/abc' }).end('{"id":"abc"}');
const status =
  (code: number, headers = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end('{"code":"NO"}');
const hangUp: Answer = (response) => response.socket?.destroy();
const QUICK = { attempts: 5, firstPauseMs: 1, timeoutMs: 2000 };

test('an address alone means its trees', () => {
  assert.equal(postAddress('http://h:1').href, 'http://h:1/v1/trees');
  assert.equal(postAddress('http://h:1/v1/plans?include=steps').href, 'http://h:1/v1/plans?include=steps');
});

test('tried again while the server is busy, restarts or hangs up', async (t) => {
  const { url, count } = await serverWith(t, [
    status(503),
    hangUp,
    status(429, { 'retry-after': '0' }),
    created,
  ]);
  const pauses: string[] = [];
  const posted = await postImage(url, '{}', { ...QUICK, onRetry: (why) => pauses.push(why) });
  assert.deepEqual(posted, { status: 201, location: '/v1/trees/abc', body: '{"id":"abc"}' });
  assert.equal(count(), 4);
  assert.match(pauses[0]!, /answers 503$/);
});

test('a refusal is final, and shown', async (t) => {
  const { url, count } = await serverWith(t, [status(422)]);
  await assert.rejects(postImage(url, '{}', QUICK), (error) => {
    return error instanceof PostError && /answers 422\n\{"code":"NO"\}/.test(error.message);
  });
  assert.equal(count(), 1);
});

test('the token is sent in each attempt, where there is one', async (t) => {
  const seen: (string | undefined)[] = [];
  const note =
    (answer: Answer): Answer =>
    (response, request) => {
      seen.push(request.headers.authorization);
      answer(response, request);
    };
  const { url } = await serverWith(t, [note(status(503)), note(created)]);
  await postImage(url, '{}', { ...QUICK, token: 'secret' });
  await postImage(url, '{}', { ...QUICK, token: '' });
  assert.deepEqual(seen, ['Bearer secret', 'Bearer secret', undefined]);
});

test('a certificate that is not believed is final', async (t) => {
  const cause = Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' });
  const { mock } = t.mock.method(globalThis, 'fetch', async () => {
    throw new TypeError('fetch failed', { cause });
  });
  const posted = postImage(postAddress('https://h:1'), '{}', QUICK);
  await assert.rejects(posted, new PostError('https://h:1/v1/trees: certificate has expired'));
  assert.equal(mock.callCount(), 1);
});

test('given up after the last attempt', async (t) => {
  const { url, count } = await serverWith(t, [status(500)]);
  await assert.rejects(postImage(url, '{}', QUICK), /answers 500, 5 attempts/);
  assert.equal(count(), 5);
});

test('a server that does not answer', async (t) => {
  const { url } = await serverWith(t, [() => undefined]);
  await assert.rejects(postImage(url, '{}', { ...QUICK, attempts: 2, timeoutMs: 30 }), /2 attempts/);
});

test('an upload tells how far it is, anew in each attempt, and arrives whole', async (t) => {
  const image = JSON.stringify({ text: 'é'.repeat(300_000) });
  const received: Promise<string>[] = [];
  const server = createServer((request, response) => {
    received.push(text(request));
    request.on('end', () => response.writeHead(received.length === 1 ? 503 : 201).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const told: [string, number][] = [];
  const { port } = server.address() as AddressInfo;
  const { status: code } = await postImage(postAddress(`http://127.0.0.1:${port}`), image, {
    ...QUICK,
    bodyOf: (body) => toldBody(body, (words, share) => told.push([words, share])),
  });
  assert.equal(code, 201);
  assert.deepEqual(await Promise.all(received), [image, image]);
  const attempt = told.slice(0, told.findIndex(([words]) => words !== 'Sending') + 1);
  assert.ok(attempt.length > 5);
  assert.deepEqual(attempt.at(-1), ['Sent; waiting', 1]);
  assert.ok(attempt.every(([, share], i) => share > (attempt[i - 1]?.[1] ?? 0)));
});
