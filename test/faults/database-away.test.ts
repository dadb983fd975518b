/**
 * PostgreSQL restarted, hanging and cutting connections under writes: clear refusals, recovery by itself, nothing lost.
 * FAULTS_HANG_SECONDS is how long it hangs (30).
 */

import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { PostgresServer, whyNoPostgres } from '../store/postgres-server.ts';
import {
  type Acknowledged,
  lostOf,
  newTree,
  post,
  postUntil,
  ServerUnderFault,
} from './server-under-fault.ts';

const HANG_MS = 1000 * Number(process.env.FAULTS_HANG_SECONDS ?? 30);
const CLIENTS = 8;
/** An answer, be it a refusal, comes within that. */
const ANSWER_MS = 25_000;
const skip = whyNoPostgres;

/** Clients post while `fault` happens to the database; what they were told is there afterwards. */
async function underWrites(
  t: TestContext,
  name: string,
  fault: (database: PostgresServer, server: ServerUnderFault) => Promise<void>,
): Promise<void> {
  const database = await PostgresServer.start();
  t.after(() => database.remove());
  const server = await ServerUnderFault.start({ DATABASE_URL: await database.newDatabase('away') });
  t.after(() => server.end('SIGKILL'));
  const told: Acknowledged = { paths: [], promised: [] };
  let over = false;
  const posting = postUntil(() => over, server.address, CLIENTS, told);
  await delay(500);
  let recoveryMs = 0;
  try {
    await fault(database, server);
    const { length } = told.paths;
    const back = performance.now();
    while (told.paths.length === length) await delay(10);
    recoveryMs = performance.now() - back;
    await delay(500);
  } finally {
    over = true;
  }
  const refused = await posting;
  assert.equal(await server.status('/readyz'), 200);
  const lost = await lostOf(server, told);
  t.diagnostic(
    `${name}: ${told.paths.length} trees and plans acknowledged and ${told.promised.length} plans promised, ${lost.length} ` +
      `lost; refused: ${JSON.stringify(refused)}; writes go on after ${(recoveryMs / 1000).toFixed(1)} s`,
  );
  assert.deepEqual(lost, []);
  assert.deepEqual(
    Object.keys(refused).filter((code) => code !== 'STORE_UNAVAILABLE'),
    [],
  );
  assert.equal(await server.end('SIGTERM'), 0);
}

it('PostgreSQL restarted five times, by a shutdown and by a crash', { skip }, async (t) => {
  await underWrites(t, 'restarted', async (database, server) => {
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGINT', 'SIGQUIT', 'SIGQUIT'] as const) {
      await database.stop(signal);
      const refused = await post(server.address, newTree());
      assert.deepEqual([refused.status, refused.body.code], [503, 'STORE_UNAVAILABLE']);
      assert.equal(await server.status('/readyz'), 503);
      assert.equal(await server.status('/livez'), 200);
      await database.run();
      await delay(300);
    }
  });
});

it('PostgreSQL that hangs: refused in time, not ready', { skip }, async (t) => {
  await underWrites(t, `hanging ${HANG_MS / 1000} s`, async (database, server) => {
    database.hang('SIGSTOP');
    const from = performance.now();
    assert.equal(await server.status('/readyz'), 503);
    assert.ok(performance.now() - from < 5000);
    const refused = await post(server.address, newTree());
    assert.deepEqual([refused.status, refused.body.code], [503, 'STORE_UNAVAILABLE']);
    assert.ok(performance.now() - from < ANSWER_MS, `${performance.now() - from} ms`);
    await delay(Math.max(0, HANG_MS - (performance.now() - from)));
    database.hang('SIGCONT');
  });
});

it('connections to PostgreSQL cut again and again', { skip }, async (t) => {
  await underWrites(t, 'connections cut 20 times', async (database) => {
    for (let i = 0; i < 20; i++) {
      await database.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'regraft'",
      );
      await delay(100);
    }
  });
});
