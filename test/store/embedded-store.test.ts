import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { EmbeddedStore } from '../../src/store/embedded-store.ts';
import { planRecord, storeBehaviour, treeRecord } from './store-behaviour.ts';

const root = mkdtempSync(join(tmpdir(), 'regraft-store-'));
after(() => rmSync(root, { recursive: true }));
let directories = 0;
const newDirectory = () => join(root, String(directories++));
const open = (directory: string) => EmbeddedStore.open(directory);

storeBehaviour('embedded store', () => {
  const directory = newDirectory();
  return { open: () => open(directory) };
});

function blobsIn(directory: string) {
  return readdirSync(join(directory, 'blobs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

test('a large blob lies in a file of its own and goes with its record', async () => {
  const directory = newDirectory();
  const store = await open(directory);
  const tree = treeRecord(100_000);
  await store.putTree(tree);
  assert.equal(blobsIn(directory).length, 1);
  await store.deleteTree(tree.id);
  assert.equal(blobsIn(directory).length, 0);
  await store.close();
});

test('very large bodies are named by their hashes too, and are there after a restart', async () => {
  const directory = newDirectory();
  const store = await open(directory);
  const tree = treeRecord((5 << 20) + 1);
  const plan = planRecord(tree.id, (2 << 20) + 1);
  await Promise.all([store.putTree(tree), store.putPlan(plan)]);
  const hashes = [tree.bytes, plan.steps].map((bytes) => createHash('sha256').update(bytes).digest('hex'));
  assert.deepEqual(blobsIn(directory).sort(), hashes.sort());
  await store.close();
  const again = await open(directory);
  assert.deepEqual(Buffer.from((await again.tree(tree.id))!.bytes), tree.bytes);
  assert.deepEqual(Buffer.from((await again.plan(plan.id))!.steps), plan.steps);
  const twin = { ...planRecord(tree.id), steps: plan.steps };
  await again.putPlan(twin);
  await again.deletePlan(plan.id);
  assert.deepEqual(blobsIn(directory).sort(), hashes.sort());
  await again.deletePlan(twin.id);
  await again.deleteTree(tree.id);
  assert.deepEqual(blobsIn(directory), []);
  await again.close();
});

test('what a crash left goes at the start: half a file, and a file that no record came to name', async () => {
  const directory = newDirectory();
  const store = await open(directory);
  const tree = treeRecord(100_000);
  await store.putTree(tree);
  await store.close();
  const [kept] = blobsIn(directory);
  writeFileSync(join(directory, 'blobs', 'unfinished', '1-0'), 'half');
  mkdirSync(join(directory, 'blobs', 'ff'), { recursive: true });
  writeFileSync(join(directory, 'blobs', 'ff', `ff${'0'.repeat(62)}`), 'unnamed');
  const again = await open(directory);
  assert.deepEqual(blobsIn(directory), [kept]);
  assert.deepEqual(Buffer.from((await again.tree(tree.id))!.bytes), tree.bytes);
  await again.close();
});

test('the large body of a plan whose tree is gone goes with it', async () => {
  const directory = newDirectory();
  const store = await open(directory);
  const [gone, kept] = [planRecord('no tree', 100_000), treeRecord(100_000)];
  await store.putPlan(gone);
  await store.putTree(kept);
  assert.equal(await store.plan(gone.id), undefined);
  assert.equal(blobsIn(directory).length, 1);
  await store.close();
});

test('who comes late finds the store closed, and does not take the directory again', async () => {
  const directory = newDirectory();
  const store = await open(directory);
  await store.close();
  await assert.rejects(store.tree('no tree'), { code: 'STORE_UNAVAILABLE' });
  await (await open(directory)).close();
});

test('what cannot be written is refused, with all that came with it, and the store goes on', async () => {
  const directory = newDirectory();
  const store = await open(directory);
  rmSync(join(directory, 'blobs'), { recursive: true });
  writeFileSync(join(directory, 'blobs'), 'no folder');
  const [small, large] = [treeRecord(), treeRecord(100_000)];
  const puts = await Promise.allSettled([store.putTree(small), store.putTree(large)]);
  for (const put of puts) {
    assert.equal(put.status, 'rejected');
    assert.equal(put.reason.code, 'STORE_UNAVAILABLE');
  }
  assert.equal(await store.tree(small.id), undefined);
  assert.equal(await store.tree(large.id), undefined);
  rmSync(join(directory, 'blobs'));
  mkdirSync(join(directory, 'blobs', 'unfinished'), { recursive: true });
  assert.equal(await store.putTree(large), true);
  assert.equal(await store.putTree(small), true);
  await store.close();
});

test('a directory has one server at a time, and is free again when that one closes', async () => {
  const directory = newDirectory();
  const store = await open(directory);
  await assert.rejects(open(directory), {
    message: `${directory} is in use by another Regraft (pid ${process.pid}).`,
  });
  await store.close();
  await (await open(directory)).close();
});

test('a database that is none, or of a later version, is refused in words', async () => {
  const damaged = newDirectory();
  mkdirSync(damaged);
  writeFileSync(join(damaged, 'regraft.db'), 'this is no database'.repeat(100));
  await assert.rejects(open(damaged), { kind: 'unusable', message: /not a database/ });

  const later = newDirectory();
  await (await open(later)).close();
  const database = new DatabaseSync(join(later, 'regraft.db'));
  database.exec('pragma user_version = 99');
  database.close();
  await assert.rejects(open(later), { kind: 'unusable', message: /made by a later Regraft/ });
});

test('the database of the first releases is brought up to date with what is in it', async () => {
  const directory = newDirectory();
  mkdirSync(directory);
  const database = new DatabaseSync(join(directory, 'regraft.db'));
  database.exec(
    'create table tree (seq integer primary key autoincrement, id text not null unique, info text not null, bytes blob, blob text)',
  );
  database.exec(
    'create table plan (id text primary key, tree_id text not null, head text not null, steps blob, blob text)',
  );
  const tree = treeRecord();
  const plan = planRecord(tree.id);
  database.prepare('insert into tree (id, info, bytes) values (?, ?, ?)').run(tree.id, tree.info, tree.bytes);
  database
    .prepare('insert into plan (id, tree_id, head, steps) values (?, ?, ?, ?)')
    .run(plan.id, plan.treeId, plan.head, plan.steps);
  database.close();
  const store = await open(directory);
  assert.deepEqual(Buffer.from((await store.tree(tree.id))!.bytes), tree.bytes);
  assert.deepEqual(Buffer.from((await store.plan(plan.id))!.steps), plan.steps);
  await store.putJob({ id: 'a', treeId: tree.id, options: '{}', processes: 1 });
  assert.equal((await store.job('a'))?.state, 'waiting');
  await store.close();
});
