/**
 * `node dist/bench/largest-tree.js [--processes 4194304] [--shape leaders] [--times 1]`: the largest tree, in and out as
 * NDJSON, through a server of its own; prints the most memory that the server had, what was streamed, and its processor
 * time. Several times, each with another start time of its root: the first is that of a server just started.
 *
 * The tree goes up as the server takes it; its plan is waited for, and its steps are read and counted as they come, and
 * held against the hash of their last line.
 */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ServerUnderFault } from '../test/faults/server-under-fault.ts';
import { type ImageColumns, SHAPES, type ShapeName } from './shapes.ts';

/** Longer than the last line of the steps. */
const LAST_LINE = 200;

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '4194304' },
    shape: { type: 'string', default: 'leaders' },
    times: { type: 'string', default: '1' },
  },
});
const image = SHAPES[values.shape as ShapeName].make(Number(values.processes));
const folder = mkdtempSync(join(tmpdir(), 'regraft-largest-'));
const server = await ServerUnderFault.start({
  DATA_DIR: folder,
  MAX_PROCESSES: values.processes,
  REQUEST_TIMEOUT_MS: '900000',
  GLIBC_TUNABLES: process.env.GLIBC_TUNABLES ?? '',
});
try {
  for (let time = 1; time <= Number(values.times); time++) await planned(time);
} finally {
  await server.end('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}

async function planned(time: number): Promise<void> {
  const before = server.processorSeconds;
  const answer = await fetch(`${server.address}/v1/plans`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', prefer: 'respond-async' },
    body: Readable.toWeb(Readable.from(lines(image, time))) as ReadableStream<Uint8Array>,
    duplex: 'half',
  } as RequestInit);
  assert.equal(answer.status, 202, await answer.clone().text());
  const { id } = (await answer.json()) as { id: string };
  const { outcome, verification } = await ready(id);
  assert.equal(outcome, 'restorable');
  const planning = server.processorSeconds - before;
  const headers = { accept: 'application/x-ndjson' };
  const steps = await fetch(`${server.address}/v1/plans/${id}/steps`, { headers });
  const streaming = await streamed(steps.body!);
  console.log(
    JSON.stringify({
      ...{ shape: values.shape, processes: image.count, ...streaming, verification },
      peakMiB: Math.round(server.peakMemoryBytes / 2 ** 20),
      cpuSeconds: { planned: rounded(planning), withSteps: rounded(server.processorSeconds - before) },
    }),
  );
}

function rounded(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

function* lines(
  { count, pid, ppid, pgid, sid, subreaper, inside }: ImageColumns,
  startTime: number,
): Generator<string> {
  assert.equal(inside, null, 'a shape of one pid namespace');
  yield '{}\n';
  for (let from = 0; from < count; from += 1000) {
    let piece = '';
    for (let i = from; i < Math.min(from + 1000, count); i++) {
      const more = `${subreaper[i] ? ',"childSubreaper":true' : ''}${i === 0 ? `,"startTime":${startTime}` : ''}`;
      piece += `{"pid":${pid[i]},"ppid":${ppid[i]},"pgid":${pgid[i]},"sid":${sid[i]}${more}}\n`;
    }
    yield piece;
  }
}

interface Answered {
  readonly status: string;
  readonly outcome: string;
  readonly verification: unknown;
}

async function ready(id: string): Promise<Answered> {
  for (;;) {
    const plan = (await (await fetch(`${server.address}/v1/plans/${id}`)).json()) as Answered;
    if (plan.status === 'ready') return plan;
    assert.equal(plan.status, 'running', JSON.stringify(plan));
    await delay(1000);
  }
}

/** The last line has the hash of all before it. */
async function streamed(body: ReadableStream<Uint8Array>): Promise<{ count: number; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  let held = Buffer.alloc(0);
  for await (const chunk of body) {
    bytes += chunk.length;
    held = Buffer.concat([held, chunk]);
    // What may be in the last line stays.
    const before = held.length - LAST_LINE;
    const end = before > 0 ? held.lastIndexOf('\n', before) + 1 : 0;
    hash.update(held.subarray(0, end));
    held = held.subarray(end);
  }
  const last = held.lastIndexOf('\n', held.length - 2) + 1;
  hash.update(held.subarray(0, last));
  const said = JSON.parse(held.subarray(last).toString()) as { count: number; hash: string };
  assert.equal(said.hash, `sha256:${hash.digest('hex')}`);
  return { count: said.count, bytes };
}
