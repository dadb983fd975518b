/**
 * Clients that are slow, vanish, send what is no image, or come all at once: each is answered or cut off, others are
 * served meanwhile, and nothing of it stays. FAULTS_BAD_UPLOADS (10,000) and FAULTS_CLIENTS (1,000) are how many.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { newTree, post, ServerUnderFault } from './server-under-fault.ts';

const BAD_UPLOADS = Number(process.env.FAULTS_BAD_UPLOADS ?? 10_000);
const CLIENTS = Number(process.env.FAULTS_CLIENTS ?? 1000);
const SLOW = 200;
const VANISHING = 500;

async function start(t: TestContext, environment: Record<string, string> = {}): Promise<ServerUnderFault> {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-clients-'));
  const server = await ServerUnderFault.start({ DATA_DIR: folder, ...environment });
  t.after(async () => {
    await server.end('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  assert.equal((await post(server.address, newTree())).status, 201);
  return server;
}

async function open(server: ServerUnderFault, text: string): Promise<Socket> {
  const { hostname, port } = new URL(server.address);
  const socket = connect(Number(port), hostname).on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

const HEAD =
  'POST /v1/plans HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{"tree":';

async function handlesFall(server: ServerUnderFault, to: number): Promise<void> {
  for (let tries = 0; server.handles > to && tries < 200; tries++) await delay(50);
  assert.ok(server.handles <= to, `${server.handles} handles, ${to} before`);
}

it(`${SLOW} clients that send a byte now and then are cut off, and others served meanwhile`, async (t) => {
  const server = await start(t, { REQUEST_TIMEOUT_MS: '3000' });
  const before = server.handles;
  const slow = await Promise.all(Array.from({ length: SLOW }, () => open(server, HEAD)));
  const drip = setInterval(() => {
    for (const socket of slow) socket.write(' ');
  }, 200);
  let longest = 0;
  for (let i = 0; i < 50; i++) {
    const from = performance.now();
    assert.equal((await post(server.address, newTree())).status, 201);
    longest = Math.max(longest, performance.now() - from);
  }
  await Promise.all(slow.map((socket) => socket.closed || once(socket.resume(), 'close')));
  clearInterval(drip);
  await handlesFall(server, before + 5);
  t.diagnostic(`${SLOW} slow clients cut off, ${Math.round(longest)} ms the longest of 50 answers meanwhile`);
});

it(`${VANISHING} clients that vanish within their upload or within the answer leave nothing behind`, async (t) => {
  const server = await start(t);
  const { body } = await post(server.address, newTree(1500));
  const before = server.handles;
  for (let i = 0; i < VANISHING; i++) {
    const path = `/v1/plans/${body.id}?include=steps,diff`;
    const socket = await open(server, i % 2 ? HEAD : `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
    if (i % 4 === 2) await once(socket, 'data');
    socket.resetAndDestroy();
  }
  await handlesFall(server, before + 5);
  assert.equal((await post(server.address, newTree())).status, 201);
});

it(`${BAD_UPLOADS} bad uploads: each a 4xx, and memory stays`, async (t) => {
  const server = await start(t);
  const image = JSON.stringify({ tree: newTree(20) });
  const forms = [
    'application/json',
    'application/x-ndjson',
    'application/x-tar',
    'application/zstd',
    'text/plain',
  ];
  const memory: number[] = [];
  const handles: number[] = [];
  const counts: Record<number, number> = {};
  let sent = 0;
  const client = async () => {
    for (let i = sent++; i < BAD_UPLOADS; i = sent++) {
      const answer = await fetch(`${server.address}/v1/${i % 2 ? 'plans' : 'trees'}`, {
        method: 'POST',
        headers: { 'content-type': forms[i % forms.length]! },
        body: spoilt(image, i),
      });
      await answer.arrayBuffer();
      counts[answer.status] = (counts[answer.status] ?? 0) + 1;
      if (i % (BAD_UPLOADS / 10) !== 0) continue;
      memory.push(server.memoryBytes);
      handles.push(server.handles);
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  // The connections of these clients, and the reading threads, are there by then.
  await handlesFall(server, handles[Math.floor(handles.length / 2)]! + 5);
  const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
  t.diagnostic(`${BAD_UPLOADS} bad uploads: ${JSON.stringify(counts)}; MiB: ${memory.map(mib).join(' ')}`);
  assert.deepEqual(
    Object.keys(counts).filter((status) => !status.startsWith('4')),
    [],
  );
  assert.ok(
    memory.at(-1)! < memory[Math.floor(memory.length / 2)]! * 1.3 + (64 << 20),
    memory.map(mib).join(' '),
  );
});

/** No two alike, and none an image: cut short, a byte turned into noise, a field of the wrong kind. */
function spoilt(image: string, i: number): string {
  switch (i % 3) {
    case 0:
      return image.slice(0, 1 + (i % (image.length - 2)));
    case 1:
      return `${image.slice(0, i % 50)}\u0007${i}${image.slice(i % 50)}`;
    default:
      return image.replace('"pid":1', `"pid":"${i}"`);
  }
}

it(`${CLIENTS} clients at once: each is answered`, async (t) => {
  const server = await start(t);
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const url = `${server.address}/v1/plans`;
  const counts: Record<number, number> = {};
  const waits: number[] = [];
  const ask = async () => {
    const from = performance.now();
    const sending = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } });
    sending.end(JSON.stringify({ tree: newTree(5) }));
    const [answer] = await once(sending, 'response');
    answer.resume();
    await once(answer, 'end');
    counts[answer.statusCode] = (counts[answer.statusCode] ?? 0) + 1;
    waits.push(performance.now() - from);
  };
  const client = async () => {
    for (let i = 0; i < 5; i++) await ask();
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
  waits.sort((a, b) => a - b);
  const at = (share: number) => Math.round(waits[Math.floor(waits.length * share)]!);
  t.diagnostic(
    `${CLIENTS} clients, ${waits.length} new trees planned: ${JSON.stringify(counts)}; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
  );
  assert.deepEqual(counts, { 201: 5 * CLIENTS });
});
