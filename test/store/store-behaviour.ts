/** What every store keeps: run by the test of each implementation. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { NewJob, PlanRecord, Store, TreeRecord } from '../../src/store/store.ts';

export interface StoreUnderTest {
  open(): Promise<Store>;
}

const LARGE = 200_000;
const VERY_LARGE = 3 << 20;

export function treeRecord(length = 1000): TreeRecord {
  return { id: randomBytes(32).toString('hex'), info: '{"processes":1}', bytes: randomBytes(length) };
}

export function planRecord(treeId: string, length = 1000): PlanRecord {
  return {
    id: randomBytes(32).toString('hex'),
    treeId,
    head: '{"status":"ready"}',
    steps: randomBytes(length),
  };
}

export function storeBehaviour(name: string, make: () => StoreUnderTest): void {
  test(`${name}: what was put comes back, at once and after a restart, small, large and very large`, async () => {
    const subject = make();
    const store = await subject.open();
    const trees = [treeRecord(), treeRecord(LARGE), treeRecord(VERY_LARGE)];
    const plans = [
      planRecord(trees[0]!.id),
      planRecord(trees[1]!.id, LARGE),
      planRecord(trees[2]!.id),
      planRecord(trees[0]!.id, VERY_LARGE),
    ];
    for (const tree of trees) await store.putTree(tree);
    for (const plan of plans) await store.putPlan(plan);
    await expectAll(store);
    await store.close();
    const again = await subject.open();
    await expectAll(again);
    await again.close();

    async function expectAll(from: Store): Promise<void> {
      for (const tree of trees) {
        const found = await from.tree(tree.id);
        assert.deepEqual({ ...found, bytes: Buffer.from(found!.bytes) }, tree);
      }
      for (const plan of plans) {
        const found = await from.plan(plan.id);
        assert.deepEqual({ ...found, steps: Buffer.from(found!.steps) }, plan);
      }
    }
  });

  test(`${name}: what was never put is not there`, async () => {
    const store = await make().open();
    assert.equal(await store.tree('none'), undefined);
    assert.equal(await store.plan('none'), undefined);
    assert.equal(await store.deleteTree('none'), false);
    assert.equal(await store.deletePlan('none'), false);
    assert.deepEqual(await store.trees(10), { items: [], next: null });
    await store.close();
  });

  test(`${name}: a second put of an id changes nothing`, async () => {
    const store = await make().open();
    const tree = treeRecord();
    await store.putTree(tree);
    await store.putTree(tree);
    assert.equal((await store.trees(10)).items.length, 1);
    await store.close();
  });

  test(`${name}: pages list every tree once, oldest first`, async () => {
    const store = await make().open();
    const trees = Array.from({ length: 7 }, () => treeRecord(10));
    for (const tree of trees) await store.putTree(tree);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await store.trees(3, after);
      seen.push(...page.items.map(({ id }) => id));
      after = page.next ?? undefined;
    } while (after !== undefined);
    assert.deepEqual(
      seen,
      trees.map(({ id }) => id),
    );
    await store.close();
  });

  test(`${name}: a deleted tree takes its plans along, and nobody else's`, async () => {
    const store = await make().open();
    const [tree, other] = [treeRecord(LARGE), treeRecord(LARGE)];
    const sharedSteps = randomBytes(LARGE);
    const plan = { ...planRecord(tree.id), steps: sharedSteps };
    const otherPlan = { ...planRecord(other.id), steps: sharedSteps };
    for (const record of [tree, other]) await store.putTree(record);
    for (const record of [plan, otherPlan]) await store.putPlan(record);
    assert.equal(await store.deleteTree(tree.id), true);
    assert.equal(await store.tree(tree.id), undefined);
    assert.equal(await store.plan(plan.id), undefined);
    assert.ok(await store.tree(other.id));
    assert.deepEqual(Buffer.from((await store.plan(otherPlan.id))!.steps), sharedSteps);
    await store.putTree(tree);
    assert.ok(await store.tree(tree.id));
    await store.close();
  });

  test(`${name}: what comes for a tree after its deletion is not kept, and ends its job`, async () => {
    const store = await make().open();
    const tree = treeRecord();
    const plans = [planRecord(tree.id), planRecord(tree.id, LARGE)];
    const job = { id: plans[0]!.id, treeId: tree.id, options: '{}', processes: 1 };
    await store.putTree(tree);
    await store.deleteTree(tree.id);
    await store.putJob(job);
    for (const plan of plans) await store.putPlan(plan);
    await store.putSurroundings(tree.id, { id: 's', text: '{}' });
    assert.deepEqual(await Promise.all(plans.map(({ id }) => store.plan(id))), [undefined, undefined]);
    assert.equal(await store.job(job.id), undefined);
    assert.equal((await store.sizes()).plans.count, 0);
    await store.putTree(tree);
    assert.equal(await store.surroundings(tree.id), undefined);
    for (const plan of plans) await store.putPlan(plan);
    assert.equal((await store.sizes()).plans.count, 2);
    await store.close();
  });

  test(`${name}: what uploads of a tree said beside it is kept of the last hundred`, async () => {
    const store = await make().open();
    const tree = treeRecord();
    await store.putTree(tree);
    for (let i = 0; i <= 100; i++) await store.putSurroundings(tree.id, { id: `of ${i}`, text: '{}' });
    assert.deepEqual(await store.surroundings(tree.id), { id: 'of 100', text: '{}', of: 100 });
    assert.equal(await store.surroundings(tree.id, 'of 0'), undefined);
    assert.equal((await store.surroundings(tree.id, 'of 1'))?.id, 'of 1');
    await store.close();
  });

  test(`${name}: many puts at once all arrive`, async () => {
    const subject = make();
    const store = await subject.open();
    const trees = Array.from({ length: 500 }, () => treeRecord(2000));
    await Promise.all(trees.map((tree) => store.putTree(tree)));
    await store.close();
    const again = await subject.open();
    for (const tree of trees) assert.ok(await again.tree(tree.id));
    await again.check();
    await again.close();
  });

  const newJob = (treeId = randomBytes(32).toString('hex')): NewJob => ({
    ...{ id: randomBytes(32).toString('hex'), treeId, options: '{"history":0}', processes: 5 },
  });
  const LEASE = 10_000;

  test(`${name}: a put says whether the tree is new`, async () => {
    const store = await make().open();
    const tree = treeRecord();
    assert.deepEqual([await store.putTree(tree), await store.putTree(tree)], [true, false]);
    assert.equal(await store.deleteTree(tree.id), true);
    assert.equal(await store.putTree(tree), true);
    await store.close();
  });

  test(`${name}: jobs are taken oldest first, each by one server, and outlive a restart`, async () => {
    const subject = make();
    const first = await subject.open();
    const jobs = [newJob(), newJob()];
    for (const job of jobs) await first.putJob(job);
    await first.putJob(jobs[0]!);
    await first.close();
    const store = await subject.open();
    const waiting = { state: 'waiting', owner: null, attempts: 0, phase: null, failure: null };
    assert.deepEqual(await store.job(jobs[0]!.id), { ...jobs[0]!, ...waiting });
    const taken = await Promise.all(['a', 'b', 'c'].map((owner) => store.takeJob(owner, LEASE)));
    assert.deepEqual(taken.map((job) => job?.id).sort(), [...jobs.map(({ id }) => id), undefined].sort());
    assert.ok(taken.every((job) => !job || (job.state === 'running' && job.attempts === 1)));
    await store.close();
  });

  test(`${name}: a job whose server is not heard of in time goes to another, and the first one learns it`, async () => {
    const store = await make().open();
    const job = newJob();
    await store.putJob(job);
    await store.takeJob('first', LEASE);
    assert.equal(await store.beatJob(job.id, 'first', LEASE, 'origin'), true);
    assert.equal((await store.job(job.id))?.phase, 'origin');
    assert.equal(await store.takeJob('second', LEASE), undefined);
    assert.equal(await store.beatJob(job.id, 'first', -1, 'origin'), true);
    assert.equal((await store.takeJob('second', LEASE))?.attempts, 2);
    assert.equal(await store.beatJob(job.id, 'first', LEASE, 'schedule'), false);
    await store.failJob(job.id, 'first', '{}');
    assert.equal((await store.job(job.id))?.state, 'running');
    await store.releaseJob(job.id, 'second');
    assert.equal((await store.takeJob('third', LEASE))?.attempts, 2);
    await store.close();
  });

  test(`${name}: a server claims a job unless another one runs it, or its plan is there`, async () => {
    const store = await make().open();
    const [fresh, waiting, running] = [newJob(), newJob(), newJob()];
    for (const job of [waiting, running]) await store.putJob(job);
    assert.equal(await store.claimJob(waiting, 'a', LEASE), true);
    assert.equal((await store.takeJob('b', -1))?.id, running.id);
    assert.equal(await store.claimJob(fresh, 'a', LEASE), true);
    assert.equal(await store.claimJob(fresh, 'b', LEASE), false);
    assert.equal(await store.claimJob(running, 'a', LEASE), true, 'b was not heard of in time');
    assert.deepEqual(await store.jobCounts(), { waiting: 0, running: 3 });
    const ids = [fresh, waiting, running].map(({ id }) => id);
    assert.deepEqual((await store.jobs([...ids, 'none'])).map(({ id }) => id).sort(), ids.sort());
    assert.deepEqual(await store.jobs([]), []);
    await store.cancelJob(running.id);
    assert.equal(await store.claimJob(running, 'b', LEASE), true);
    const done = newJob();
    await store.putTree({ ...treeRecord(), id: done.treeId });
    await store.putPlan({ ...planRecord(done.treeId), id: done.id });
    await store.putJob(done);
    assert.equal(await store.claimJob(done, 'a', LEASE), false);
    assert.equal(await store.job(done.id), undefined);
    await store.close();
  });

  test(`${name}: a job ends with its plan; a cancelled or failed one is remembered until it is asked for again`, async () => {
    const store = await make().open();
    const [done, failed, cancelled] = [newJob(), newJob(), newJob()];
    for (const job of [done, failed, cancelled]) await store.putJob(job);
    await store.putTree({ ...treeRecord(), id: done.treeId });
    await store.putPlan({ ...planRecord(done.treeId), id: done.id });
    assert.equal(await store.job(done.id), undefined);
    assert.equal((await store.takeJob('a', LEASE))?.id, failed.id);
    await store.failJob(failed.id, 'a', '{"code":"WORKER_LOST"}');
    assert.equal((await store.job(failed.id))?.failure, '{"code":"WORKER_LOST"}');
    assert.equal(await store.cancelJob(cancelled.id), true);
    assert.equal(await store.cancelJob(cancelled.id), false);
    assert.equal(await store.takeJob('a', LEASE), undefined);
    assert.equal((await store.job(cancelled.id))?.state, 'cancelled');
    for (const job of [failed, cancelled]) {
      await store.putJob(job);
      assert.equal((await store.job(job.id))?.state, 'waiting');
      assert.equal(await store.deleteJob(job.id), true);
      assert.equal(await store.job(job.id), undefined);
    }
    await store.close();
  });

  test(`${name}: a deleted tree takes its jobs along`, async () => {
    const store = await make().open();
    const tree = treeRecord();
    await store.putTree(tree);
    const job = newJob(tree.id);
    await store.putJob(job);
    await store.takeJob('a', LEASE);
    assert.equal(await store.deleteFreeTree(tree.id), false);
    assert.equal((await store.tree(tree.id))?.id, tree.id);
    await store.deleteTree(tree.id);
    assert.equal(await store.job(job.id), undefined);
    assert.equal(await store.beatJob(job.id, 'a', LEASE, null), false);
    await store.close();
  });

  test(`${name}: by age and by size, plans go before trees, the oldest first`, async () => {
    const store = await make().open();
    const rule = { before: null, mostBytes: null, most: 500 };
    const trees = [treeRecord(1000), treeRecord(LARGE), treeRecord(1000)];
    for (const tree of trees) await store.putTree(tree);
    const plans = [planRecord(trees[0]!.id, 500), planRecord(trees[1]!.id, 500)];
    for (const plan of plans) await store.putPlan(plan);
    await store.putJob(newJob(trees[2]!.id));
    const bytes = LARGE + 3000;
    assert.deepEqual(await store.sizes(), {
      trees: { count: 3, bytes: bytes - 1000 },
      plans: { count: 2, bytes: 1000 },
    });
    const gone = async (more: object) =>
      (await store.expiring({ ...rule, ...more })).map(({ kind, id }) => `${kind} ${id}`);
    assert.deepEqual(await gone({}), []);
    const allBut = [...plans.map(({ id }) => `plan ${id}`), `tree ${trees[0]!.id}`, `tree ${trees[1]!.id}`];
    const later = Date.now() + 10_000;
    assert.deepEqual((await gone({ before: later })).sort(), allBut.sort(), 'a tree with an open job stays');
    assert.deepEqual(await gone({ before: 1 }), []);
    assert.deepEqual(await gone({ mostBytes: bytes }), []);
    assert.equal((await gone({ mostBytes: bytes - 1 })).length, 1);
    assert.match((await gone({ mostBytes: bytes - 1 }))[0]!, /^plan/);
    assert.deepEqual(
      (await gone({ mostBytes: 0 })).map((one) => one.slice(0, 4)),
      [...['plan', 'plan', 'tree', 'tree']],
      'a tree with an open job stays',
    );
    await store.close();
  });

  test(`${name}: the plans of a tree come in pages, oldest first, and those of others do not`, async () => {
    const store = await make().open();
    const [tree, other] = [treeRecord(), treeRecord()];
    for (const record of [tree, other]) await store.putTree(record);
    const plans = Array.from({ length: 7 }, () => planRecord(tree.id));
    for (const plan of [...plans, planRecord(other.id)]) await store.putPlan(plan);
    const listed: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await store.plansOf(tree.id, 3, after);
      assert.ok(page.items.length <= 3);
      for (const { id, treeId, head } of page.items) {
        assert.deepEqual([treeId, head], [tree.id, '{"status":"ready"}']);
        listed.push(id);
      }
      if (page.next === null) break;
      after = page.next;
    }
    assert.deepEqual(listed.toSorted(), plans.map(({ id }) => id).toSorted());
    assert.deepEqual(await store.plansOf('none', 3), { items: [], next: null });
    await store.close();
  });
}
