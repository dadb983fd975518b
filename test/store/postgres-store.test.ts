import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, describe, it, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { PostgresStore } from '../../src/store/postgres-store.ts';
import { PostgresServer, whyNoPostgres } from './postgres-server.ts';
import { planRecord, storeBehaviour, treeRecord } from './store-behaviour.ts';

if (whyNoPostgres) {
  test('the store in PostgreSQL', { skip: whyNoPostgres });
} else {
  const server = await PostgresServer.start();
  after(() => server.remove());
  let databases = 0;
  const newDatabase = () => server.newDatabase(`regraft_${databases++}`);

  storeBehaviour('PostgreSQL', () => {
    const address = newDatabase();
    return { open: async () => PostgresStore.open(await address) };
  });

  describe('two servers on one PostgreSQL', () => {
    it('see what the other one put and deleted at once', async () => {
      const address = await newDatabase();
      const [a, b] = await Promise.all([PostgresStore.open(address), PostgresStore.open(address)]);
      const tree = treeRecord(200_000);
      const plan = planRecord(tree.id, 200_000);
      assert.equal(await a.putTree(tree), true);
      await a.putPlan(plan);
      assert.equal(await b.putTree(tree), false);
      assert.deepEqual(Buffer.from((await b.plan(plan.id))!.steps), plan.steps);
      await b.deleteTree(tree.id);
      assert.equal(await a.tree(tree.id), undefined);
      assert.equal(await a.plan(plan.id), undefined);
      await Promise.all([a.close(), b.close()]);
    });

    it('leave no plan of a tree that one deletes while the other stores it', async () => {
      const address = await newDatabase();
      const [a, b] = await Promise.all([PostgresStore.open(address), PostgresStore.open(address)]);
      for (let turn = 0; turn < 50; turn++) {
        const tree = treeRecord(100);
        await a.putTree(tree);
        const plan = planRecord(tree.id, 100);
        await Promise.all([a.putPlan(plan), b.deleteTree(tree.id)]);
        assert.equal(await a.plan(plan.id), undefined);
      }
      assert.deepEqual((await a.sizes()).plans, { count: 0, bytes: 0 });
      await Promise.all([a.close(), b.close()]);
    });

    it('date by the clock of the database, whatever their own say', async (t) => {
      const address = await newDatabase();
      const [a, b] = await Promise.all([PostgresStore.open(address), PostgresStore.open(address)]);
      const [first, second] = [treeRecord(100), treeRecord(100)];
      await a.putTree(first);
      const day = 86_400_000;
      const old = (days: number) => ({ before: Date.now() - days * day, mostBytes: null, most: 10 });
      const from = Date.now();
      const ahead = t.mock.method(Date, 'now', () => from + 400 * day);
      await b.putTree(second);
      assert.deepEqual(await b.expiring(old(300)), []);
      ahead.mock.restore();
      const gone = await a.expiring(old(-1));
      assert.deepEqual(gone.map(({ id }) => id).sort(), [first.id, second.id].sort());
      await Promise.all([a.close(), b.close()]);
    });

    it('wait for one that stands still within a transaction no longer than some seconds', async (t) => {
      const address = await newDatabase();
      const [a, b] = await Promise.all([PostgresStore.open(address), PostgresStore.open(address)]);
      const { query } = pg.Client.prototype as unknown as { query: (...all: unknown[]) => unknown };
      const steps = new EventEmitter();
      let isHeld = false;
      t.mock.method(pg.Client.prototype, 'query', function (this: pg.Client, ...all: unknown[]) {
        if (all[0] !== 'commit' || isHeld) return query.apply(this, all);
        isHeld = true;
        return once(steps, 'go on', { signal: t.signal }).then(() => query.apply(this, all));
      });
      const tree = treeRecord(100);
      const first = assert.rejects(a.putTree(tree), { code: 'STORE_UNAVAILABLE' });
      while (!isHeld) await delay(10);
      assert.equal(await b.putTree(tree), true);
      steps.emit('go on');
      await first;
      assert.equal(await a.putTree(tree), false);
      await Promise.all([a.close(), b.close()]);
    });

    it('a job and the retention of its tree wait for each other: no tree goes that something was promised for', async () => {
      const address = await newDatabase();
      const store = await PostgresStore.open(address);
      const tree = treeRecord();
      await store.putTree(tree);
      const job = { id: 'a', treeId: tree.id, options: '{}', processes: 1 };
      const other = new pg.Client(address);
      await other.connect();
      await other.query('begin');
      await other.query('select from tree where id = $1 for update', [tree.id]);
      let isPut = false;
      const put = store.putJob(job).then(() => {
        isPut = true;
      });
      await delay(300);
      assert.equal(isPut, false);
      await other.query('commit');
      await put;
      assert.equal(await store.deleteFreeTree(tree.id), false);
      await other.end();
      await store.close();
    });

    it('put the same records at the same time without harm, and no job goes to both', async () => {
      const address = await newDatabase();
      const stores = await Promise.all([PostgresStore.open(address), PostgresStore.open(address)]);
      const trees = Array.from({ length: 200 }, () => treeRecord(500));
      const news = await Promise.all(
        stores.flatMap((store, i) => (i ? trees : [...trees].reverse()).map((tree) => store.putTree(tree))),
      );
      assert.equal(news.filter(Boolean).length, trees.length);
      const ids = trees.slice(0, 40).map(({ id }) => id);
      await Promise.all(ids.map((id) => stores[0]!.putJob({ id, treeId: id, options: '{}', processes: 1 })));
      const taken = await Promise.all(
        Array.from({ length: 50 }, (_, i) => stores[i % 2]!.takeJob(`server ${i % 2}`, 10_000)),
      );
      assert.deepEqual(taken.flatMap((job) => job?.id ?? []).sort(), [...ids].sort());
      await Promise.all(stores.map((store) => store.close()));
    });
  });

  it('a database that is not there, or of a later version, is refused in words', async () => {
    await assert.rejects(PostgresStore.open(server.address('nowhere')), {
      message: /"nowhere" does not exist/,
    });
    const address = await newDatabase();
    await (await PostgresStore.open(address)).close();
    await server.query('update regraft_schema set version = 99', new URL(address).pathname.slice(1));
    await assert.rejects(PostgresStore.open(address), { kind: 'unusable', message: /a later Regraft/ });
  });
}
