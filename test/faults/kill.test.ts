/**
 * kill -9 at random moments under writes: what was acknowledged is there afterwards, whole, and what was
 * promised is made. FAULTS_KILLS is how often
 * (100).
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { PostgresServer, whyNoPostgres } from '../store/postgres-server.ts';
import { type Acknowledged, lostOf, postUntilGone, ServerUnderFault } from './server-under-fault.ts';

const KILLS = Number(process.env.FAULTS_KILLS ?? 100);
const CLIENTS = 8;
const LATEST_MS = 600;

async function killed(environment: Record<string, string>, place: string, t: TestContext): Promise<void> {
  const told: Acknowledged = { paths: [], promised: [] };
  for (let kill = 0; kill < KILLS; kill++) {
    const before = told.paths.length;
    const server = await ServerUnderFault.start(environment);
    const posting = postUntilGone(server.address, CLIENTS, told);
    while (told.paths.length === before) await delay(1);
    await delay(Math.random() * LATEST_MS);
    await server.end('SIGKILL');
    await posting;
  }
  const server = await ServerUnderFault.start(environment);
  const lost = await lostOf(server, told);
  assert.equal(await server.end('SIGTERM'), 0);
  t.diagnostic(
    `${place}: ${KILLS} kills, ${told.paths.length} trees and plans acknowledged and ${told.promised.length} plans ` +
      `promised, ${lost.length} lost`,
  );
  assert.deepEqual(lost, []);
}

describe('a server killed under writes', () => {
  it('embedded: nothing that was acknowledged or promised is lost', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'regraft-kill-'));
    t.after(() => rmSync(folder, { recursive: true }));
    await killed({ DATA_DIR: folder }, 'embedded', t);
  });

  it('on PostgreSQL: the same', { skip: whyNoPostgres }, async (t) => {
    const database = await PostgresServer.start();
    t.after(() => database.remove());
    await killed({ DATABASE_URL: await database.newDatabase('kills') }, 'PostgreSQL', t);
  });
});
