/** What every store keeps: run by the test of each implementation. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { PlanRecord, Store, TreeRecord } from '../../src/store/store.ts';

export interface StoreUnderTest {
  open(): Promise<Store>;
}

const LARGE = 200_000;

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
  test(`${name}: what was put comes back, at once and after a restart, small and large`, async () => {
    const subject = make();
    const store = await subject.open();
    const trees = [treeRecord(), treeRecord(LARGE)];
    const plans = [planRecord(trees[0]!.id), planRecord(trees[1]!.id, LARGE)];
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
        assert.equal(await from.hasTree(tree.id), true);
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
    assert.equal(await store.hasTree('none'), false);
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
    assert.equal(await store.hasTree(tree.id), true);
    await store.close();
  });

  test(`${name}: many puts at once all arrive`, async () => {
    const subject = make();
    const store = await subject.open();
    const trees = Array.from({ length: 500 }, () => treeRecord(2000));
    await Promise.all(trees.map((tree) => store.putTree(tree)));
    await store.close();
    const again = await subject.open();
    for (const tree of trees) assert.equal(await again.hasTree(tree.id), true);
    await again.check();
    await again.close();
  });
}
