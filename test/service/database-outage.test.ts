/** The store while PostgreSQL is killed and started again. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PostgresStore } from '../../src/store/postgres-store.ts';
import { PostgresServer, whyNoPostgres } from '../store/postgres-server.ts';
import { treeRecord } from '../store/store-behaviour.ts';

test('a database that went away refuses in words, and is used again when it is back', {
  skip: whyNoPostgres,
}, async (t) => {
  const server = await PostgresServer.start();
  t.after(() => server.remove());
  const store = await PostgresStore.open(await server.newDatabase('regraft'));
  const kept = treeRecord();
  await store.putTree(kept);
  await server.stop('SIGQUIT');
  await assert.rejects(store.check(), { code: 'STORE_UNAVAILABLE' });
  await assert.rejects(store.putTree(treeRecord()), { code: 'STORE_UNAVAILABLE' });
  await server.run();
  await store.check();
  assert.ok(await store.tree(kept.id));
  assert.equal(await store.putTree(treeRecord()), true);
  await store.close();
});
