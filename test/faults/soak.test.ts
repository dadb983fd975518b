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
const SAMPLES = 60;
/** Seven minutes watched: every heap and every pool of the C library had its size after some 20,000. */
const WARM_UP_REQUESTS = 25_000;
/** Of memory, from the second quarter to the last: the young generation is not collected on the second. */
const MOST_GROWTH = 1.15;
/** As `npm start` sets it: with a pool of freed memory a thread, which is the C library's default, memory creeps. */
const GLIBC_TUNABLES = /GLIBC_TUNABLES=(\S+)/.exec(
  JSON.parse(readFileSync('package.json', 'utf8')).scripts.start,
)![1]!;

it(`${MINUTES} minutes of everything: memory and handles stay`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-soak-'));
  const server = await ServerUnderFault.start({ DATA_DIR: folder, GLIBC_TUNABLES });
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
    await Promise.race([delay((MINUTES * 60_000) / SAMPLES), clients]);
    memory.push(server.memoryBytes / 2 ** 20);
    handles.push(server.handles);
  }
  over = true;
  await clients;
  const quarter = (numbers: number[], which: number) => {
    const part = numbers.slice((which * SAMPLES) / 4, ((which + 1) * SAMPLES) / 4).sort((a, b) => a - b);
    return Math.round(part[Math.floor(part.length / 2)]!);
  };
  const quarters = (numbers: number[]) => [0, 1, 2, 3].map((which) => quarter(numbers, which));
  t.diagnostic(
    `${MINUTES} minutes after ${warm} requests, ${requests - warm} more; by quarters: MiB ${quarters(memory).join(', ')}, handles ${quarters(handles).join(', ')}`,
  );
  assert.ok(quarter(memory, 3) <= quarter(memory, 1) * MOST_GROWTH, String(quarters(memory)));
  assert.ok(quarter(handles, 3) <= quarter(handles, 1) + 10, String(quarters(handles)));
  assert.equal(await server.end('SIGTERM'), 0);
});
