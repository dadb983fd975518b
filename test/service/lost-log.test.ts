/** A log that cannot be written holds up neither requests nor the end. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../free-port.ts';

const MAIN = join(import.meta.dirname, '../../src/main.js');
const PATIENCE_MS = 20_000;
const folder = mkdtempSync(join(tmpdir(), 'regraft-lost-log-'));
after(() => rmSync(folder, { recursive: true }));

async function served(log: 'pipe' | number) {
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, PORT: String(port), DATA_DIR: join(folder, String(port)) },
    stdio: ['ignore', log, 'inherit'],
  });
  after(() => child.kill('SIGKILL'));
  const ask = async (path: string): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  while ((await ask('/livez').catch(() => 0)) !== 200) await delay(50);
  /** Many lines of log. */
  const work = async (): Promise<void> => {
    for (let i = 0; i < 1000; i++) assert.equal(await ask('/v1/nothing'), 404);
  };
  const end = async (): Promise<number | null> => {
    const exit = once(child, 'exit', { signal: AbortSignal.timeout(PATIENCE_MS) });
    child.kill('SIGTERM');
    return (await exit)[0];
  };
  return { child, work, end };
}

it('its reader is gone, as behind a pipe into `head`', async () => {
  const { child, work, end } = await served('pipe');
  child.stdout!.destroy();
  await work();
  assert.equal(await end(), 0);
});

it('its reader is gone and nothing was logged since', async () => {
  const { child, end } = await served('pipe');
  child.stdout!.destroy();
  assert.equal(await end(), 0);
});

it('its disk is full', async () => {
  const full = openSync('/dev/full', 'w');
  const { work, end } = await served(full);
  closeSync(full);
  await work();
  assert.equal(await end(), 0);
});
