import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Batch, GroupCommit } from '../../src/store/group-commit.ts';
import { planRecord, treeRecord } from './store-behaviour.ts';

/** Batches that were begun, each ended by hand. */
function byHand() {
  const begun: { batch: Batch; end: () => void; fail: (error: Error) => void }[] = [];
  const commits = new GroupCommit(
    (batch) =>
      new Promise((resolve, reject) => {
        begun.push({
          batch,
          end: () => resolve({ added: [...batch.trees.keys()], orphans: [] }),
          fail: reject,
        });
      }),
  );
  return { begun, commits };
}

const turn = () => new Promise(setImmediate);

test('puts of one turn share a batch; what comes while it is written shares the next', async () => {
  const { begun, commits } = byHand();
  const first = [commits.tree(treeRecord()), commits.tree(treeRecord()), commits.plan(planRecord('t'))];
  await turn();
  assert.deepEqual([begun[0]!.batch.trees.size, begun[0]!.batch.plans.size], [2, 1]);
  const later = [commits.tree(treeRecord()), commits.tree(treeRecord())];
  await turn();
  assert.equal(begun.length, 1);
  begun[0]!.end();
  assert.deepEqual(await Promise.all(first), [true, true, undefined]);
  await turn();
  assert.equal(begun[1]!.batch.trees.size, 2);
  begun[1]!.end();
  assert.deepEqual(await Promise.all(later), [true, true]);
});

test('a plan that is made of a tree in its turn shares its batch', async () => {
  const { begun, commits } = byHand();
  const tree = commits.tree(treeRecord());
  for (let step = 0; step < 20; step++) await Promise.resolve();
  const plan = commits.plan(planRecord('t'));
  await turn();
  assert.deepEqual([begun[0]!.batch.trees.size, begun[0]!.batch.plans.size], [1, 1]);
  begun[0]!.end();
  assert.deepEqual(await Promise.all([tree, plan]), [true, undefined]);
  assert.equal(begun.length, 1);
});

test('no put resolves before its batch is written, and a failed batch fails its puts only', async () => {
  const { begun, commits } = byHand();
  let ended = 0;
  const first = commits.tree(treeRecord()).finally(() => ended++);
  await turn();
  const second = commits.tree(treeRecord()).finally(() => ended++);
  await turn();
  assert.equal(ended, 0);
  begun[0]!.fail(new Error('no room'));
  await assert.rejects(first, /no room/);
  await turn();
  begun[1]!.end();
  assert.equal(await second, true);
});

test('the same tree put again while it is on its way is written once and is new once', async () => {
  const { begun, commits } = byHand();
  const tree = treeRecord();
  const first = commits.tree(tree);
  await turn();
  const again = commits.tree(tree);
  begun[0]!.end();
  assert.deepEqual(await Promise.all([first, again]), [true, false]);
  assert.equal(begun.length, 1);
});

test('what is large holds up nothing but the plans of its tree', async () => {
  const { begun, commits } = byHand();
  const large = treeRecord(2 << 20);
  const first = commits.tree(large);
  await turn();
  const small = [commits.tree(treeRecord()), commits.plan(planRecord('t'))];
  const plan = commits.plan(planRecord(large.id));
  await turn();
  assert.equal(begun.length, 2);
  begun[1]!.end();
  assert.deepEqual(await Promise.all(small), [true, undefined]);
  await turn();
  assert.equal(begun.length, 2);
  begun[0]!.end();
  assert.equal(await first, true);
  await turn();
  begun[2]!.end();
  await plan;
});

test('a large plan waits for its small tree, and fails with it', async () => {
  const { begun, commits } = byHand();
  const tree = treeRecord();
  const puts = [commits.tree(tree), commits.plan(planRecord(tree.id, 2 << 20))];
  await turn();
  assert.equal(begun.length, 1);
  begun[0]!.fail(new Error('no room'));
  const ends = await Promise.allSettled(puts);
  assert.deepEqual(
    ends.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(begun.length, 1);
});

test('what is put is settled when the plans that wait for trees of the other lane are', async () => {
  const { begun, commits } = byHand();
  const large = treeRecord(2 << 20);
  const puts = [commits.tree(large), commits.plan(planRecord(large.id))];
  let isSettled = false;
  const settled = commits.settled().then(() => {
    isSettled = true;
  });
  await turn();
  begun[0]!.end();
  await turn();
  await turn();
  assert.deepEqual([begun.length, isSettled], [2, false]);
  begun[1]!.end();
  await Promise.all([...puts, settled]);
});
