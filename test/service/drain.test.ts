/** How a server ends: what it was asked is answered whole, and no connection keeps it that nothing was asked on. */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { flatTree } from '../http/service-under-test.ts';

const MAIN = join(import.meta.dirname, '../../src/main.js');
const folder = mkdtempSync(join(tmpdir(), 'regraft-drain-'));
after(() => rmSync(folder, { recursive: true }));

async function started(seconds: number): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      DATA_DIR: folder,
      SHUTDOWN_SECONDS: String(seconds),
      WORKERS: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  after(() => child.kill('SIGKILL'));
  let log = '';
  for await (const text of child.stdout!.iterator({ destroyOnReturn: false })) {
    log += text;
    if (log.includes('"serving"')) break;
  }
  child.stdout!.resume();
  return { child, port: Number(/listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(log)![1]) };
}

async function opened(port: number, text = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  if (text) socket.write(text);
  return socket;
}

const TREE = JSON.stringify(flatTree(3));
const UPLOAD = `POST /v1/trees HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${TREE.length}\r\n\r\n`;

test('connections that were never asked on, or are not any more, do not keep a server', async () => {
  const { child, port } = await started(20);
  let log = '';
  child.stdout!.on('data', (chunk) => {
    log += chunk;
  });
  await opened(port);
  const uploading = await opened(port, UPLOAD + TREE.slice(0, 20));
  let answers = '';
  uploading.on('data', (chunk) => {
    answers += chunk;
  });
  await delay(300);
  const from = performance.now();
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await delay(300);
  uploading.write(`${TREE.slice(20)}GET /v1/trees HTTP/1.1\r\nHost: x\r\n\r\n`);
  assert.deepEqual(await exit, [0, null]);
  assert.ok(performance.now() - from < 10_000);
  assert.match(answers, /^HTTP\/1\.1 201 .*HTTP\/1\.1 503 /s);
  assert.match(answers, /connection: close.*application\/problem\+json.*"code":"SHUTTING_DOWN"/is);
  assert.match(log, /"status":503/);
  assert.doesNotMatch(log, /"level":50/, 'a refusal at the end is no error');
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} that npm and the terminal both tell is one: what was asked is answered`, async () => {
    const { child, port } = await started(20);
    const uploading = await opened(port, UPLOAD + TREE.slice(0, 20));
    let answer = '';
    uploading.on('data', (chunk) => {
      answer += chunk;
    });
    await delay(300);
    const exit = once(child, 'exit');
    child.kill(signal);
    await delay(50);
    child.kill(signal);
    await delay(200);
    uploading.write(TREE.slice(20));
    assert.deepEqual(await exit, [0, null]);
    assert.match(answer, /^HTTP\/1\.1 20[01] /);
  });
}

test('a second signal later means at once', async () => {
  const { child, port } = await started(20);
  await opened(port, UPLOAD + TREE.slice(0, 20));
  await delay(300);
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await delay(1500);
  child.kill('SIGTERM');
  assert.deepEqual(await exit, [1, null]);
});

test('a client that is slow gets all of a long answer', async () => {
  const { child, port } = await started(20);
  const answer = await fetch(`http://127.0.0.1:${port}/v1/plans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=60' },
    body: JSON.stringify(flatTree(150_000)),
  });
  const { id } = (await answer.json()) as { id: string };
  const slow = await opened(port, `GET /v1/plans/${id}/births HTTP/1.1\r\nHost: x\r\n\r\n`);
  await once(slow, 'readable');
  const exit = once(child, 'exit');
  await delay(1000);
  child.kill('SIGTERM');
  await delay(500);
  let received = 0;
  let head = '';
  for await (const chunk of slow) {
    if (!head.includes('\r\n\r\n')) head += chunk;
    received += chunk.length;
  }
  const length = Number(/content-length: (\d+)/i.exec(head)![1]);
  assert.ok(length > 10e6);
  assert.equal(received, length + head.indexOf('\r\n\r\n') + 4);
  assert.deepEqual(await exit, [0, null]);
});

test('a client that waits for a plan that no thread has taken is told at once where it will be', async () => {
  const { child, port } = await started(5);
  const post = (path: string, body: unknown, prefer = '') =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer },
      body: JSON.stringify(body),
    });
  const { id: treeId } = (await (await post('/v1/trees', flatTree(200_000))).json()) as { id: string };
  const plan = (helperPidMin: number, prefer: string) =>
    post('/v1/plans', { treeId, options: { helperPidMin } }, prefer);
  for (let least = 300; least < 308; least++) {
    assert.equal((await plan(least, 'respond-async')).status, 202);
  }
  const waiting = plan(400, 'wait=60');
  await delay(200);
  const from = performance.now();
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const answer = await waiting;
  assert.equal(answer.status, 202);
  assert.deepEqual(await exit, [0, null]);
  assert.ok(performance.now() - from < 3000, 'it ends before connections are cut');
  const next = await started(5);
  const found = await fetch(`http://127.0.0.1:${next.port}${answer.headers.get('location')}`);
  assert.match(((await found.json()) as { status: string }).status, /^(?:running|ready)$/);
});

test('a client whose plan takes longer than the server has is told where it will be, before connections are cut', async () => {
  const { child, port } = await started(1);
  const post = (path: string, body: unknown) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=60' },
      body: JSON.stringify(body),
    });
  const { id: treeId } = (await (await post('/v1/trees', flatTree(300_000))).json()) as { id: string };
  const waiting = post('/v1/plans', { treeId });
  await delay(200);
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const answer = await waiting;
  assert.equal(answer.status, 202);
  assert.deepEqual(await exit, [0, null]);
  const next = await started(20);
  const found = await fetch(`http://127.0.0.1:${next.port}${answer.headers.get('location')}`);
  assert.match(((await found.json()) as { status: string }).status, /^(?:running|ready)$/);
});

test('what stalls is cut before the time is over, and the server ends in order', async () => {
  const { child, port } = await started(2);
  await opened(port, UPLOAD + TREE.slice(0, 20));
  await delay(300);
  const from = performance.now();
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  assert.deepEqual(await exit, [0, null]);
  assert.ok(performance.now() - from < 3000);
});

test('a signal during the start ends it', async () => {
  for (const ms of [600, 900, 1200, 1500]) {
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: folder },
      stdio: 'ignore',
    });
    after(() => child.kill('SIGKILL'));
    const exit = once(child, 'exit');
    await delay(ms);
    child.kill('SIGTERM');
    const [code, signal] = await exit;
    assert.ok(code === 0 || signal === 'SIGTERM', `${code} ${signal} after ${ms} ms`);
  }
});
