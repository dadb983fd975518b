/**
 * Killed at a random moment, the replayer leaves no process and no mount, whatever it was at: a large plan, an init
 * that hangs in its exit, one that sits in a group of its own namespace and could never finish its exit.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { HABR_IMAGE, HABR_STEPS, LEGAL_HAZARD, largePlan } from './plans.ts';
import { random } from './random-steps.ts';
import { REPLAYER, whyNotReplayable } from './replayer.ts';
import { RULES } from './rules.ts';

const skip = whyNotReplayable() ?? false;

interface Found {
  readonly pid: number;
  readonly zombie: boolean;
}

/** Processes of the replayer: /proc/PID/stat begins "PID (comm) state". */
function replayProcesses(): Found[] {
  const found: Found[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const comm = stat.indexOf(' (regraft-replay) ');
      if (comm > 0) found.push({ pid: Number(name), zombie: stat[comm + 18] === 'Z' });
    } catch {
      // It ended between the two readings.
    }
  }
  return found;
}

/** Waits until none is left but `known`; who still is after two minutes. */
async function allGone(known: ReadonlySet<number>, counts: (process: Found) => boolean): Promise<Found[]> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const left = replayProcesses().filter((process) => !known.has(process.pid) && counts(process));
    if (left.length === 0 || Date.now() > deadline) return left;
    await delay(5);
  }
}

const living = (process: Found): boolean => !process.zombie;
/** The worker's own zombie is left to whoever adopted it: the host's init, which may take its time. */
const any = (): boolean => true;
const knownNow = (): Set<number> => new Set(replayProcesses().map(({ pid }) => pid));

const mounts = (): string => readFileSync('/proc/self/mountinfo', 'utf8');

function input(): string {
  const hanging = RULES.filter(({ id }) => /^G(17|18|19|20|33|34)$/.test(id));
  const lines = [
    { image: HABR_IMAGE, plan: { steps: HABR_STEPS } },
    LEGAL_HAZARD,
    largePlan(200),
    ...hanging.map(({ steps }) => ({ image: HABR_IMAGE, plan: { steps } })),
  ];
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`.repeat(50);
}

async function killAfter(ms: number, lines: string): Promise<void> {
  const program = spawn(REPLAYER, ['--settle-time', '20'], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(program, 'exit');
  program.stdin.on('error', () => undefined);
  program.stdin.write(lines);
  await delay(ms);
  program.kill('SIGKILL');
  await ended;
}

/** Of some hosts the init reaps once a second, and an exit may wait for two of its rounds: 100 kills took 107 s there. */
const SLOW_INIT = 600_000;

test('killed 100 times at random moments it leaves nothing behind', {
  skip,
  timeout: SLOW_INIT,
}, async (t) => {
  const next = random(2026);
  const known = knownNow();
  const mountsBefore = mounts();
  const lines = input();
  let seen = 0;
  for (let i = 0; i < 100; i++) {
    await killAfter(next() * 120, lines);
    seen += replayProcesses().filter(living).length;
    assert.deepEqual(await allGone(known, living), [], `processes left after kill ${i}`);
  }
  assert.deepEqual(await allGone(known, any), [], 'processes left after the last kill');
  assert.equal(mounts(), mountsBefore);
  t.diagnostic(`${seen} processes were alive just after the kills`);
});

test('a killed worker is replaced and its plan answered', { skip, timeout: SLOW_INIT }, async () => {
  const known = knownNow();
  const program = spawn(REPLAYER, { stdio: ['pipe', 'pipe', 'inherit'] });
  const verdicts = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const line = `${JSON.stringify({ image: HABR_IMAGE, plan: { steps: HABR_STEPS } })}\n`;
  const replayed = async (): Promise<unknown> => {
    program.stdin.write(line);
    return JSON.parse((await verdicts.next()).value as string).verdict;
  };

  assert.equal(await replayed(), 'ok');
  const worker = replayProcesses().find(({ pid }) => !known.has(pid) && pid !== program.pid)!;
  process.kill(worker.pid, 'SIGKILL');
  assert.equal(await replayed(), 'failed');
  assert.equal(await replayed(), 'ok');
  program.stdin.end();
  assert.deepEqual(await allGone(known, any), []);
});
