/**
 * How long plans of a hundred processes take, alone and beside a plan of a million.
 *
 * Small trees that were never seen come at a fixed pace, whether the one before is answered or not; beside them, one after
 * the other, trees of a million processes are posted, planned and deleted, by another process (post-large.ts).
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ServerUnderFault } from '../test/faults/server-under-fault.ts';
import { RATED_PROCESSES, ratedImage } from './rated-image.ts';

export interface BesideLarge {
  readonly perSecond: number;
  readonly alone: Waits;
  readonly beside: Waits & { readonly largePlans: number };
}

/** Milliseconds. */
export interface Waits {
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
}

const EVERY_MS = 10;
const WARM_UP_MS = 5_000;
const ALONE_MS = 20_000;
/** Large plans that are waited for: a machine that has other things to do takes its time for each. */
const LARGE_PLANS = 3;
const LARGE_PROCESSES = 1_000_000;

export async function measureBesideLarge(): Promise<BesideLarge> {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-bench-'));
  const server = await ServerUnderFault.start({
    DATA_DIR: folder,
    GLIBC_TUNABLES: process.env.GLIBC_TUNABLES ?? '',
  });
  try {
    await waitsFor(server.address, delay(WARM_UP_MS));
    const alone = await waitsFor(server.address, delay(ALONE_MS));
    const poster = fork(new URL('./post-large.js', import.meta.url), [
      ...[server.address, String(LARGE_PROCESSES), String(LARGE_PLANS)],
    ]);
    // It says when its image is made.
    await once(poster, 'message');
    const beside = await waitsFor(server.address, once(poster, 'exit'));
    if (poster.exitCode !== 0) throw new Error('The large trees were not planned.');
    return { perSecond: 1000 / EVERY_MS, alone, beside: { ...beside, largePlans: LARGE_PLANS } };
  } finally {
    await server.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
}

let sent = 0;

async function waitsFor(address: string, end: Promise<unknown>): Promise<Waits> {
  const [before, after] = ratedImage()
    .toString()
    .split(/(?<="pid":1,)/) as [string, string];
  const waits: number[] = [];
  const open: Promise<void>[] = [];
  let over = false;
  void end.then(() => {
    over = true;
  });
  for (let next = performance.now(); !over; next += EVERY_MS) {
    await delay(Math.max(0, next - performance.now()));
    // From when it was to be sent: a sender that is late does not hide a wait.
    open.push(
      planned(`${address}/v1/plans?include=steps`, `${before}"startTime":${++sent},${after}`).then(() => {
        waits.push(performance.now() - next);
      }),
    );
  }
  await Promise.all(open);
  waits.sort((a, b) => a - b);
  const at = (share: number) => waits[Math.min(waits.length - 1, Math.floor(share * waits.length))]!;
  return { requests: waits.length, p50: at(0.5), p99: at(0.99) };
}

async function planned(url: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body });
  if (answer.status !== 201)
    throw new Error(`A tree of ${RATED_PROCESSES} processes: ${await answer.text()}`);
  await answer.arrayBuffer();
}
