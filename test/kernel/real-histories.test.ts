/**
 * Real tree → scan → plan → replay → the same tree, on random histories that real processes made.
 * REGRAFT_HISTORIES is the number of those in one namespace (an eighth as many nested ones, and as many cut out), REGRAFT_SEED the first seed.
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ProcDirectory } from '../../src/proc/proc-directory.ts';
import { HISTORY_PROGRAM } from './histories.ts';
import { nestedHistories, singleHistories } from './history-kinds.ts';
import { type LoopReport, loop } from './history-loop.ts';
import { random } from './random-steps.ts';
import { whyNotReplayable } from './replayer.ts';

const skip = whyNotReplayable() ?? false;
const HISTORIES = Number(process.env.REGRAFT_HISTORIES ?? 2000);
const FIRST_SEED = Number(process.env.REGRAFT_SEED ?? 1);

/** Trees that missed go to a file, with what is needed to make them again. */
function conclude({ misses, ...report }: LoopReport, name: string): string {
  const counts = Object.entries(report).map(([word, count]) => `${word} ${count}`);
  if (misses.length > 0) {
    const file = join(tmpdir(), `regraft-${name}-misses.jsonl`);
    writeFileSync(file, misses.map((miss) => `${JSON.stringify(miss)}\n`).join(''));
    assert.fail(`${misses.length} misses, see ${file}; the first: ${misses[0]!.what.slice(0, 1000)}`);
  }
  return `${counts.join(', ')}, 0 differences`;
}

test('histories in one namespace, as scanned and with all births', {
  skip,
  timeout: 1_200_000,
}, async (t) => {
  const report = await loop(singleHistories(HISTORIES, FIRST_SEED), ['as scanned', 'with flags and births']);
  assert.equal(report.histories, HISTORIES);
  t.diagnostic(conclude(report, 'single'));
});

test('histories with nested namespaces, as scanned and with births', {
  skip,
  timeout: 1_200_000,
}, async (t) => {
  const wanted = Math.ceil(HISTORIES / 8);
  const report = await loop(nestedHistories(wanted, FIRST_SEED), [
    'as scanned',
    'with flags',
    'with flags and births',
    'with half the births',
  ]);
  assert.equal(report.histories, wanted);
  assert.ok(report.namespaces > report.histories * 2, 'few namespaces were nested');
  t.diagnostic(conclude(report, 'nested'));
});

test('subtrees of histories, scanned as cut-out trees', { skip, timeout: 1_200_000 }, async (t) => {
  const wanted = Math.ceil(HISTORIES / 8);
  const report = await loop(singleHistories(wanted, FIRST_SEED), ['as scanned'], 'a subtree');
  assert.ok(report.replayed > wanted / 2);
  t.diagnostic(conclude(report, 'cut-out'));
});

const proc = new ProcDirectory();

/** A name of its own, so that processes of other runs are not mistaken for what is left. */
const NAME = `history-${process.pid}`;

/** All but zombies: the worker of a killed program falls to the init here, which reaps it when it likes. */
function historyProcesses(): number[] {
  return proc.pids().filter((pid) => {
    const stat = proc.stat(pid);
    return stat?.comm === NAME && proc.status(pid)?.state !== 'Z';
  });
}

test('killed at random moments, a history leaves no process', { skip, timeout: 600_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-history-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const copy = join(folder, NAME);
  copyFileSync(HISTORY_PROGRAM, copy);
  const next = random(7);
  const lines = [...nestedHistories(200, 1)].map((kind) => `${JSON.stringify(kind)}\n`).join('');
  for (let i = 0; i < 50; i++) {
    const program = spawn(copy, { stdio: ['pipe', 'ignore', 'inherit'] });
    const ended = once(program, 'exit');
    program.stdin.on('error', () => undefined);
    program.stdin.write(lines);
    await delay(next() * 200);
    program.kill('SIGKILL');
    await ended;
    const deadline = Date.now() + 120_000;
    while (historyProcesses().length > 0 && Date.now() < deadline) await delay(5);
    assert.deepEqual(historyProcesses(), [], `processes left after kill ${i}`);
  }
});
