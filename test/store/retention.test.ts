import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { EmbeddedStore } from '../../src/store/embedded-store.ts';
import { Retention } from '../../src/store/retention.ts';
import { planRecord, treeRecord } from './store-behaviour.ts';

const directory = mkdtempSync(join(tmpdir(), 'regraft-retention-'));
const store = await EmbeddedStore.open(directory);
after(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

interface Line {
  readonly audit?: string;
  readonly kind?: string;
}

async function swept(settings: object): Promise<Line[]> {
  const lines: Line[] = [];
  const log = { info: (line: object) => lines.push(line), warn: (line: object) => lines.push(line) };
  const retention = new Retention(store, { days: 0, mostBytes: 0, dryRun: false, ...settings }, log);
  await retention.sweep();
  await retention.close();
  return lines;
}

test('what is too much goes, plans before trees, each with a line; a dry run only says so', async () => {
  const trees = [treeRecord(1000), treeRecord(1000)];
  for (const tree of trees) await store.putTree(tree);
  for (const tree of trees) await store.putPlan(planRecord(tree.id, 1000));
  assert.deepEqual(await swept({ mostBytes: 4000 }), []);
  assert.deepEqual(await swept({ days: 1 }), [], 'all is from today');
  const wouldGo = await swept({ mostBytes: 1500, dryRun: true });
  assert.deepEqual(
    wouldGo.map(({ audit, kind }) => `${kind} ${audit}`),
    ['plan would be deleted', 'plan would be deleted', 'tree would be deleted'],
  );
  assert.equal((await store.sizes()).plans.count, 2);
  const went = await swept({ mostBytes: 1500 });
  assert.deepEqual(
    went.map(({ audit, kind }) => `${kind} ${audit}`),
    ['plan deleted', 'plan deleted', 'tree deleted'],
  );
  assert.deepEqual(await store.sizes(), { trees: { count: 1, bytes: 1000 }, plans: { count: 0, bytes: 0 } });
});

test('a dry run lists all that would go', async () => {
  const trees = Array.from({ length: 620 }, () => treeRecord(10));
  await Promise.all(trees.map((tree) => store.putTree(tree)));
  await Promise.all(trees.map((tree) => store.putPlan(planRecord(tree.id, 10))));
  const wouldGo = await swept({ mostBytes: 1, dryRun: true });
  assert.equal(wouldGo.filter(({ kind }) => kind === 'plan').length, 620);
  assert.equal(wouldGo.filter(({ kind }) => kind === 'tree').length, 621);
  for (const tree of trees) await store.deleteTree(tree.id);
});

test('a clock that was set makes nothing old', async (t) => {
  const log = { info: () => {}, warn: (line: object, message: string) => told.push(message, line) };
  const told: unknown[] = [];
  const retention = new Retention(store, { days: 1, mostBytes: 0, dryRun: false }, log);
  t.mock.method(Date, 'now', () => performance.timeOrigin + performance.now() + 1000 * 86_400_000);
  await retention.sweep();
  await retention.close();
  assert.match(String(told[0]), /the clock was set/);
  assert.equal((await store.sizes()).trees.count, 1);
});
