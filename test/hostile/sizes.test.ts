/**
 * Trees of a shape that no machine has: accepted and planned, while small plans are still answered. Large uploads that
 * do not go on, while others are read.
 */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from '../full-size.ts';
import type { Attacker } from './attacker.ts';
import { besieged } from './siege.ts';

const siege = await besieged();
const SIZE = scaled(30_000, 1_000_000);
const READY_MS = 120_000;
const MOST_MIB = 2048;

/** An NDJSON image; `parent` gives the pid of the parent of a pid. */
function lines(parent: (pid: number) => number): Buffer {
  const text = ['{"root":1}'];
  for (let pid = 1; pid <= SIZE; pid++) text.push(`{"pid":${pid},"ppid":${parent(pid)},"pgid":1,"sid":1}`);
  return Buffer.from(text.join('\n'));
}

// The first: what the others leave is written a moment later.
siege.refused('large uploads that stall, while others are read', async (attacker) => {
  const blank = Buffer.alloc(2 ** 20, ' ');
  const stalled = Array.from({ length: 3 }, () => connect(siege.server.port, '127.0.0.1'));
  for (const socket of stalled) {
    socket.on('error', () => {});
    socket.write(
      `POST /v1/plans HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${2 ** 30}\r\n\r\n`,
    );
    // More than is received whole, so that a thread waits for the rest.
    for (let sent = 0; sent < 40; sent++) if (!socket.write(blank)) await once(socket, 'drain');
  }
  const large = `{"processes":[],"root":1${' '.repeat(2 ** 20)}}`;
  await attacker.refused('/v1/plans', 'application/json', large, [422, 'NO_PROCESS'], 'beside three');
  for (const socket of stalled) {
    assert.ok(!socket.destroyed, 'it had ended before');
    socket.destroy();
  }
});

const shapes: [string, (pid: number) => number][] = [
  [`a chain of ${SIZE} processes`, (pid) => pid - 1],
  [`${SIZE} children of one process`, (pid) => (pid === 1 ? 0 : 1)],
];
for (const [what, parent] of shapes) {
  siege.survived(what, async (attacker, context) => {
    siege.server.forgetPeak();
    const begun = performance.now();
    const posted = attacker.send(
      'POST',
      '/v1/plans',
      { 'content-type': 'application/x-ndjson' },
      lines(parent),
    );
    const { status, body, location } = await posted;
    assert.ok(status === 201 || status === 202, `${status} ${body.slice(0, 400)}`);
    const { outcome, slowest } = await settled(attacker, location);
    assert.equal(outcome, 'restorable');
    const peak = siege.server.peakMiB();
    const seconds = (performance.now() - begun) / 1000;
    context.diagnostic(
      `${status}, ready after ${seconds.toFixed(1)} s, other requests took ${Math.round(slowest)} ms at most, peak memory ${peak} MiB`,
    );
    assert.ok(slowest < scaled(6000, 1000), `another request took ${slowest} ms`);
    assert.ok(peak < MOST_MIB, `${peak} MiB`);
  });
}

/** Asks until the plan is ready, with other requests between. */
async function settled(attacker: Attacker, location: string): Promise<{ outcome: string; slowest: number }> {
  const other = '{"processes":[{"pid":7,"ppid":0,"pgid":7,"sid":7}]}';
  let slowest = 0;
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; ) {
    const small = await attacker.post('/v1/plans', 'application/json', other, 'a small plan meanwhile');
    const asked = await attacker.send('GET', location, {});
    slowest = Math.max(slowest, small.ms, asked.ms);
    const { status, outcome, detail } = JSON.parse(asked.body) as Record<string, string>;
    if (status === 'ready') return { outcome: outcome!, slowest };
    assert.equal(status, 'running', `${status} ${detail}`);
    await sleep(100);
  }
  throw new Error(`The plan is not ready after ${READY_MS} ms.`);
}
