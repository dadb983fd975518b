/**
 * A mix of everything for a while: memory and handles stay flat. FAULTS_SOAK_MINUTES is how long (20), after a warming up
 * that is counted in requests, since heaps and caches grow with them and not with the time.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { newTree, post, ServerUnderFault } from './server-under-fault.ts';

const MINUTES = Number(process.env.FAULTS_SOAK_MINUTES ?? 20);
const CLIENTS = 4;
const SAMPLES = 12;
/** Seven minutes watched: every heap and every pool of the C library had its size after some 20,000. */
const WARM_UP_REQUESTS = 25_000;
/** From the first third to the last, of memory after a collection: without one a quarter of it comes and goes. */
const MOST_GROWTH = 1.15;
/** For all threads to collect. */
const COLLECTION_MS = 2000;
/** As `npm start` sets it: with a pool of freed memory a thread, which is the C library's default, memory creeps. */
const GLIBC_TUNABLES = /GLIBC_TUNABLES=(\S+)/.exec(
  JSON.parse(readFileSync('package.json', 'utf8')).scripts.start,
)![1]!;

it(`${MINUTES} minutes of everything: memory and handles stay`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-soak-'));
  const server = await ServerUnderFault.start(
    { DATA_DIR: folder, GLIBC_TUNABLES },
    new URL('./collecting.js', import.meta.url),
  );
  t.after(async () => {
    await server.end('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const { address } = server;
  let over = false;
  let requests = 0;
  const ask = async (path: string, method = 'GET', body?: string) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${address}${path}`, { method, ...(body && { body, headers }) });
    await answer.arrayBuffer();
    requests++;
    assert.ok(answer.status < 500, `${method} ${path}: ${answer.status}`);
  };
  const client = async (turn: number) => {
    for (let i = turn; !over; i++) {
      // One in 50 goes through the threads.
      const tree = newTree(i % 50 === 0 ? 2500 : 20);
      const later: Record<string, string> = i % 10 === 0 ? { prefer: 'respond-async' } : {};
      const { body } = await post(address, tree, later);
      const plan = `/v1/plans/${body.id}`;
      if (i % 10 === 0) await ask(`${plan}/events`);
      for (const view of ['', '/steps', '/diff', '/births', '/explanation']) await ask(`${plan}${view}`);
      if (i % 5 === 0) await ask(`/v1/trees/${body.treeId}/restorers`);
      await ask('/v1/plans', 'POST', '{"tree":{"processes":[{"pid":');
      await ask('/metrics');
      await ask(i % 2 ? `/v1/trees/${body.treeId}` : plan, 'DELETE');
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, (_, i) => client(i)));
  while (requests < WARM_UP_REQUESTS) await Promise.race([delay(1000), clients]);
  const warm = requests;
  const memory: number[] = [];
  const handles: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    await Promise.race([delay((MINUTES * 60_000) / SAMPLES - COLLECTION_MS), clients]);
    server.signal('SIGURG');
    await delay(COLLECTION_MS);
    memory.push(server.memoryBytes / 2 ** 20);
    handles.push(server.handles);
  }
  over = true;
  await clients;
  const thirds = (numbers: number[]) =>
    [0, 1, 2].map((which) =>
      Math.round(Math.min(...numbers.slice((which * SAMPLES) / 3, ((which + 1) * SAMPLES) / 3))),
    );
  const [held, open] = [thirds(memory), thirds(handles)];
  t.diagnostic(
    `${MINUTES} minutes after ${warm} requests, ${requests - warm} more; by thirds: MiB after a collection ${held.join(', ')}, handles ${open.join(', ')}`,
  );
  assert.ok(held[2]! <= held[0]! * MOST_GROWTH, String(held));
  assert.ok(open[2]! <= open[0]! + 10, String(open));
  assert.equal(await server.end('SIGTERM'), 0);
});
