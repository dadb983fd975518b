/** A clock that jumps under writes: plans are made, promises kept, time limits stay what they are. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Acknowledged, lostOf, postUntil, ServerUnderFault } from './server-under-fault.ts';

const SECONDS = Number(process.env.FAULTS_CLOCK_SECONDS ?? 10);

it('a clock that jumps by hours, forward and back: nothing is refused, nothing lost', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'regraft-clock-'));
  const preload = new URL('./jumping-clock.js', import.meta.url);
  const server = await ServerUnderFault.start({ DATA_DIR: folder }, preload);
  t.after(async () => {
    await server.end('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const told: Acknowledged = { paths: [], promised: [] };
  let over = false;
  const posting = postUntil(() => over, server.address, 4, told);
  await delay(1000 * SECONDS);
  over = true;
  assert.deepEqual(await posting, {});
  assert.deepEqual(await lostOf(server, told), []);
  const { trees } = (await (await fetch(`${server.address}/v1/trees?limit=1000`)).json()) as {
    trees: object[];
  };
  assert.equal(trees.length, Math.min(1000, told.paths.length / 2 + told.promised.length));
  t.diagnostic(
    `clock set ${10 * SECONDS} times: ${told.paths.length} trees and plans acknowledged, ${told.promised.length} plans promised, 0 lost`,
  );
  assert.equal(await server.end('SIGTERM'), 0);
});
