/**
 * What a node's user does, against a running server: scan and plan in one command, replay in the next. A shell session,
 * daemons that forked twice, a namespace made by `unshare -pf`.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { readConfig } from '../../src/config.ts';
import { ProcDirectory } from '../../src/proc/proc-directory.ts';
import { startServer } from '../../src/server.ts';
import { whyNotReplayable } from './replayer.ts';

const skip = whyNotReplayable() ?? false;
const COMMAND = join(import.meta.dirname, '../../../bin/regraft.js');
const folder = mkdtempSync(join(tmpdir(), 'regraft-agent-'));
let server: FastifyInstance;
let address = '';

before(async () => {
  server = await startServer(readConfig({ DATA_DIR: join(folder, 'data'), PORT: '0', LOG_LEVEL: 'error' }));
  address = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
});

after(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function regraft(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = spawn(process.execPath, [COMMAND, ...args]);
  let stdout = '';
  let stderr = '';
  command.stdout.on('data', (chunk) => (stdout += chunk));
  command.stderr.on('data', (chunk) => (stderr += chunk));
  const [code] = await once(command, 'close');
  return { code, stdout, stderr };
}

/** Starts a script that says `ready` when its tree stands. */
async function standing(t: TestContext, command: string, ...args: string[]): Promise<ChildProcess> {
  const started = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  t.after(() => started.kill('SIGKILL'));
  await once(started.stdout!, 'data');
  return started;
}

async function scanPlanReplay(...which: string[]): Promise<number> {
  const image = join(folder, 'tree.json');
  const plan = join(folder, 'plan.json');
  const url = `${address}/v1/plans?include=steps`;
  const planned = await regraft('scan', ...which, '--out', image, '--post', url);
  assert.equal(planned.code, 0, planned.stderr);
  writeFileSync(plan, planned.stdout);
  const replayed = await regraft('replay', image, plan);
  assert.deepEqual(
    [replayed.code, JSON.parse(replayed.stdout)],
    [0, { id: image, verdict: 'ok' }],
    replayed.stderr,
  );
  const again = await regraft('scan', ...which, '--post', address);
  assert.match(again.stderr, /posted: 200/, 'the plan has stored the tree already');
  return JSON.parse(planned.stdout).summary.processes;
}

test('a shell session with jobs', { skip }, async (t) => {
  const script = 'set -m; sleep 60 & sleep 60 | sleep 60 & sh -c "sleep 60; :" & echo ready; wait';
  const shell = await standing(t, 'bash', '-c', script);
  t.after(() => endAll(shell.pid!));
  assert.equal(await scanPlanReplay('--pid', String(shell.pid)), 6);
});

test('a namespace with daemons that forked twice', { skip }, async (t) => {
  const daemon =
    '(setsid sh -c "(sleep 60 & sleep 60 & setsid sleep 60 &) ; (sleep 60; :) & exec sleep 60" &)';
  const init = `${daemon}; ${daemon}; sleep 1; echo ready; exec sleep 60`;
  const unshare = await standing(t, 'unshare', '-pf', '--kill-child', 'sh', '-c', init);
  const inside = childrenOf(unshare.pid!);
  assert.equal(inside.length, 1);
  assert.ok((await scanPlanReplay('--namespace', String(inside[0]))) >= 11);
});

const proc = new ProcDirectory();

function childrenOf(pid: number): number[] {
  return proc.pids().filter((candidate) => proc.status(candidate)?.ppid === pid);
}

function endAll(pid: number): void {
  for (const child of childrenOf(pid)) endAll(child);
  process.kill(pid, 'SIGKILL');
}
