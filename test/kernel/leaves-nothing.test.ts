/**
 * Killed at a random moment, the replayer leaves no process and no mount, whatever it was at: a large plan, an init
 * that hangs in its exit, one that sits in a group of its own namespace and could never finish its exit.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { HABR_IMAGE, HABR_STEPS, LEGAL_HAZARD, largePlan } from './plans.ts';
import { random } from './random-steps.ts';
import { REPLAYER, whyNotReplayable } from './replayer.ts';
import { RULES } from './rules.ts';

const skip = whyNotReplayable() ?? false;

/** Processes whose program is the replayer: /proc/PID/comm outlives exec's file and every fork. */
function replayProcesses(): number[] {
  const found: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readFileSync(`/proc/${name}/comm`, 'utf8') === 'regraft-replay\n') found.push(Number(name));
    } catch {
      // It ended between the two readings.
    }
  }
  return found;
}

async function allGone(known: ReadonlySet<number>): Promise<number[]> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const left = replayProcesses().filter((pid) => !known.has(pid));
    if (left.length === 0 || Date.now() > deadline) return left;
    await delay(5);
  }
}

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

test('killed 100 times at random moments it leaves nothing behind', { skip, timeout: 120_000 }, async (t) => {
  const next = random(2026);
  const known = new Set(replayProcesses());
  const mountsBefore = mounts();
  const lines = input();
  let seen = 0;
  for (let i = 0; i < 100; i++) {
    await killAfter(next() * 120, lines);
    seen += replayProcesses().filter((pid) => !known.has(pid)).length;
    assert.deepEqual(await allGone(known), [], `processes left after kill ${i}`);
  }
  assert.equal(mounts(), mountsBefore);
  t.diagnostic(`${seen} processes were alive just after the kills`);
});

test('a killed worker is replaced and its plan answered', { skip, timeout: 60_000 }, async () => {
  const known = new Set(replayProcesses());
  const program = spawn(REPLAYER, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(program, 'exit');
  let output = '';
  program.stdout.on('data', (chunk) => (output += chunk));
  while (replayProcesses().filter((pid) => !known.has(pid)).length < 2) await delay(5);
  const worker = replayProcesses().find((pid) => !known.has(pid) && pid !== program.pid)!;
  process.kill(worker, 'SIGKILL');
  const line = JSON.stringify({ image: HABR_IMAGE, plan: { steps: HABR_STEPS } });
  program.stdin.end(`${line}\n${line}\n`);
  await ended;
  const verdicts = output.trim().split('\n');
  assert.deepEqual(
    verdicts.map((verdict) => JSON.parse(verdict).verdict),
    ['failed', 'ok'],
  );
  assert.deepEqual(await allGone(known), []);
});
