/**
 * Promised plans belong to the store, not to a server: two servers on one store, and one after the other. What a server
 * that is killed leaves is test/faults/replicas.test.ts.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedStore } from '../../src/store/embedded-store.ts';
import { PostgresStore } from '../../src/store/postgres-store.ts';
import type { Store } from '../../src/store/store.ts';
import { StoreFailure } from '../../src/store/store-failure.ts';
import {
  flatTree,
  postJson,
  type ServerUnderTest,
  settled,
  startServer,
} from '../http/service-under-test.ts';
import { DIES, NEVER_ENDS } from '../jobs/failing-worker.ts';
import { PostgresServer, whyNoPostgres } from '../store/postgres-server.ts';

const SETTINGS = { INLINE_MAX_PROCESSES: '50', SYNC_MAX_PROCESSES: '100', WORKERS: '1', QUEUE_SIZE: '8' };
const FAILING = new URL('../jobs/failing-worker.js', import.meta.url);
const HELD = flatTree(NEVER_ENDS);

const get = (server: ServerUnderTest, url: string) => server.app.inject(url);
const remove = (server: ServerUnderTest, id: string) =>
  server.app.inject({ method: 'DELETE', url: `/v1/plans/${id}` });

async function sharedJobs(t: TestContext, open: () => Promise<Store>): Promise<void> {
  let store = await open();
  let a = await startServer(store, SETTINGS, FAILING);
  const b = await startServer(store, SETTINGS, FAILING);

  await t.test(
    'what one server computes, another one knows, tells the progress of, and cancels',
    async () => {
      const promised = await postJson(a.app, '/v1/plans', HELD);
      assert.equal(promised.statusCode, 202);
      const { id } = promised.json();
      const seen = (await get(b, `/v1/plans/${id}`)).json();
      assert.deepEqual([seen.status, seen.treeId], ['running', promised.json().treeId]);
      const again = await postJson(b.app, '/v1/plans', HELD);
      assert.deepEqual([again.statusCode, again.json().id], [202, id]);
      assert.deepEqual([a.planner.queue.running, b.planner.queue.running], [1, 0]);
      const events = [a, b].map(async (server) => (await get(server, `/v1/plans/${id}/events`)).body);
      assert.equal((await remove(b, id)).statusCode, 204);
      for (const told of events) assert.match(await told, /event: cancelled/);
      for (const server of [a, b]) {
        assert.equal((await get(server, `/v1/plans/${id}`)).json().status, 'cancelled');
        assert.equal((await get(server, `/v1/plans/${id}/steps`)).json().code, 'PLAN_CANCELLED');
      }
      assert.equal(a.planner.queue.running, 0);
      assert.equal((await remove(a, id)).statusCode, 204);
      assert.equal((await get(b, `/v1/plans/${id}`)).statusCode, 404);
    },
  );

  await t.test(
    'what failed on one server is known to have failed on all, until it is asked for again',
    async () => {
      const { id } = (await postJson(a.app, '/v1/plans', flatTree(DIES))).json();
      const plan = await settled(b.app, id);
      assert.deepEqual([plan.status, (plan.error as { code: string }).code], ['failed', 'WORKER_LOST']);
      assert.match((await get(b, `/v1/plans/${id}/events`)).body, /^id: 7\nevent: failed/);
      assert.equal((await postJson(b.app, '/v1/plans', flatTree(DIES))).statusCode, 202);
      await settled(a.app, id);
      await remove(a, id);
    },
  );

  await t.test(
    'plans that wait are taken by the server that is free, and told where they were asked for',
    async () => {
      const { id: held } = (await postJson(a.app, '/v1/plans', HELD)).json();
      const { id } = (await postJson(a.app, '/v1/plans', flatTree(300))).json();
      const { body } = await get(a, `/v1/plans/${id}/events`);
      assert.match(body, /event: ready/);
      assert.equal((await get(a, `/v1/plans/${held}`)).json().status, 'running');
      const waited = await postJson(a.app, '/v1/plans', flatTree(90));
      assert.deepEqual([waited.statusCode, waited.json().outcome], [201, 'restorable']);
      await remove(b, held);
    },
  );

  /** Plans that keep the threads of both servers. */
  const bothHeld = async (): Promise<[string, string]> => {
    while (a.planner.queue.running + b.planner.queue.running > 0) await delay(50);
    const heldOn = async ({ app }: ServerUnderTest, helperPidMin: number) => {
      const { id } = (await postJson(app, '/v1/plans', { tree: HELD, options: { helperPidMin } })).json();
      return String(id);
    };
    return [await heldOn(a, 777), await heldOn(b, 888)];
  };

  await t.test('a plan that five servers have begun, and none has ended, is given up', async () => {
    const [held, heldToo] = await bothHeld();
    const { id } = (await postJson(a.app, '/v1/plans', flatTree(321))).json();
    for (let i = 0; i < 5; i++) assert.equal((await store.takeJob('gone', -1))?.id, id);
    await remove(b, heldToo);
    const { status, error } = await settled(a.app, id);
    assert.deepEqual([status, (error as { code: string }).code], ['failed', 'WORKER_LOST']);
    await remove(a, held);
  });

  await t.test('a plan that was promised under an id of another version is there under that id', async () => {
    const { id: treeId } = (await postJson(a.app, '/v1/trees', flatTree(330))).json();
    const { options } = (await postJson(a.app, '/v1/plans', flatTree(4))).json();
    const id = 'e'.repeat(64);
    await store.putJob({ id, treeId, options: JSON.stringify(options), processes: 330 });
    const plan = await settled(b.app, id);
    assert.deepEqual([plan.status, plan.id], ['ready', id]);
    assert.equal(await store.job(id), undefined);
  });

  await t.test('a store that fails for a moment ends no plan that was promised', async () => {
    const [held, heldToo] = await bothHeld();
    const promised = await postJson(a.app, '/v1/plans', flatTree(310), { prefer: 'respond-async' });
    assert.equal(promised.statusCode, 202);
    const { id } = promised.json();
    const events = get(a, `/v1/plans/${id}/events`);
    const whole = { tree: store.tree, plan: store.plan };
    let failures = 0;
    const failOnce = (name: 'tree' | 'plan') => {
      store[name] = async () => {
        failures++;
        store[name] = whole[name] as never;
        throw new StoreFailure('failing', 'a connection broke').problem;
      };
    };
    failOnce('tree');
    await remove(b, heldToo);
    failOnce('plan');
    assert.match((await events).body, /event: ready/);
    assert.equal(failures, 2);
    assert.equal((await settled(b.app, id)).status, 'ready');
    await remove(a, held);
  });

  await t.test('a tree that is deleted ends its planning everywhere', async () => {
    const { id, treeId } = (await postJson(a.app, '/v1/plans', HELD)).json();
    await b.app.inject({ method: 'DELETE', url: `/v1/trees/${treeId}` });
    assert.equal((await get(b, `/v1/plans/${id}`)).statusCode, 404);
    while ((await get(a, `/v1/plans/${id}`)).statusCode === 200) await delay(50);
    assert.equal((await get(a, `/v1/plans/${id}`)).statusCode, 404);
    assert.equal(a.planner.queue.running, 0);
  });

  await t.test('what was promised outlives the servers, what was cancelled stays so', async () => {
    const { id: gone } = (await postJson(a.app, '/v1/plans', HELD)).json();
    assert.equal((await remove(a, gone)).statusCode, 204);
    const later = { tree: HELD, options: { helperPidMin: 999 } };
    const { id } = (await postJson(a.app, '/v1/plans', later)).json();
    assert.equal(a.planner.queue.running, 1);
    await b.stop();
    await a.stop();
    await store.close();
    store = await open();
    a = await startServer(store, SETTINGS);
    assert.equal((await settled(a.app, id)).status, 'ready');
    assert.equal((await get(a, `/v1/plans/${gone}`)).json().status, 'cancelled');
    assert.deepEqual(await store.jobCounts(), { waiting: 0, running: 0 });
    await a.stop();
    await store.close();
  });
}

test('promised plans, embedded', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'regraft-jobs-'));
  t.after(() => rmSync(directory, { recursive: true }));
  await sharedJobs(t, () => EmbeddedStore.open(directory));
});

test('promised plans, on PostgreSQL', { skip: whyNoPostgres }, async (t) => {
  const database = await PostgresServer.start();
  t.after(() => database.remove());
  const address = await database.newDatabase('jobs');
  await sharedJobs(t, () => PostgresStore.open(address));
});
