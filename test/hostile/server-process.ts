/**
 * The service as a process of its own, so that what an attack costs can be read from outside: its peak memory, and
 * what it leaves on the disk.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { freePort } from '../free-port.ts';

/** From dist/test/hostile, where the compiled tests run. */
const MAIN = join(import.meta.dirname, '../../src/main.js');
const START_MS = 60_000;

export interface ServerProcess {
  readonly port: number;
  /** Largest resident set since the start or the last `forgetPeak`, in MiB. */
  peakMiB(): number;
  forgetPeak(): void;
  /** Every file of its data and of its temporary directory. */
  files(): string[];
  /** False once it has ended. */
  alive(): boolean;
}

/** @param environment variables besides the defaults */
export async function startServerProcess(environment: Record<string, string> = {}): Promise<ServerProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'regraft-hostile-'));
  const temporary = mkdtempSync(join(tmpdir(), 'regraft-hostile-tmp-'));
  const port = await freePort();
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
    env: {
      PATH: process.env.PATH,
      DATA_DIR: directory,
      TMPDIR: temporary,
      PORT: String(port),
      LOG_LEVEL: 'error',
      ...environment,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const alive = (): boolean => child.exitCode === null && child.signalCode === null;
  after(async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true });
    rmSync(temporary, { recursive: true });
  });
  await ready(port, alive).catch((error) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    port,
    alive,
    peakMiB: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) / 1024);
    },
    forgetPeak: () => writeFileSync(`/proc/${child.pid}/clear_refs`, '5'),
    files: () =>
      [directory, temporary].flatMap((folder) => readdirSync(folder, { recursive: true }).map(String)),
  };
}

async function ready(port: number, alive: () => boolean): Promise<void> {
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; ) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok) return;
    if (!alive()) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The service did not start.');
}
