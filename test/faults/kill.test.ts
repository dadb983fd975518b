/**
 * kill -9 at random moments under writes: what was acknowledged is there afterwards, whole. FAULTS_KILLS is how often
 * (100).
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { PostgresServer, whyNoPostgres } from '../store/postgres-server.ts';
import { postUntilGone, ServerUnderFault } from './server-under-fault.ts';

const KILLS = Number(process.env.FAULTS_KILLS ?? 100);
const CLIENTS = 8;
const LATEST_MS = 600;

async function killed(
  environment: Record<string, string>,
): Promise<{ acknowledged: number; lost: string[] }> {
  const acknowledged: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const before = acknowledged.length;
    const server = await ServerUnderFault.start(environment);
    const posting = postUntilGone(server.address, CLIENTS, acknowledged);
    while (acknowledged.length === before) await delay(1);
    await delay(Math.random() * LATEST_MS);
    await server.end('SIGKILL');
    await posting;
  }
  const server = await ServerUnderFault.start(environment);
  const lost: string[] = [];
  for (const path of acknowledged) if ((await server.status(path)) !== 200) lost.push(path);
  assert.equal(await server.end('SIGTERM'), 0);
  return { acknowledged: acknowledged.length, lost };
}

describe('a server killed under writes', () => {
  it('embedded: nothing that was acknowledged is lost', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'regraft-kill-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const { acknowledged, lost } = await killed({ DATA_DIR: folder });
    t.diagnostic(
      `embedded: ${KILLS} kills, ${acknowledged} trees and plans acknowledged, ${lost.length} lost`,
    );
    assert.deepEqual(lost, []);
  });

  it('on PostgreSQL: the same', { skip: whyNoPostgres }, async (t) => {
    const database = await PostgresServer.start();
    t.after(() => database.remove());
    const { acknowledged, lost } = await killed({ DATABASE_URL: await database.newDatabase('kills') });
    t.diagnostic(
      `PostgreSQL: ${KILLS} kills, ${acknowledged} trees and plans acknowledged, ${lost.length} lost`,
    );
    assert.deepEqual(lost, []);
  });
});
