import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { EmbeddedStore } from '../../src/store/embedded-store.ts';
import { storeBehaviour, treeRecord } from './store-behaviour.ts';

const root = mkdtempSync(join(tmpdir(), 'regraft-store-'));
after(() => rmSync(root, { recursive: true }));
let directories = 0;
const newDirectory = () => join(root, String(directories++));
const open = (directory: string) =>
  new EmbeddedStore(directory, (error) => assert.fail(`a batch was not written: ${error}`));

storeBehaviour('embedded store', () => {
  const directory = newDirectory();
  return { open: async () => open(directory) };
});

test('a large blob lies in a file of its own and goes with its record; a crash leftover goes at the start', async () => {
  const directory = newDirectory();
  const store = open(directory);
  const tree = treeRecord(100_000);
  await store.putTree(tree);
  assert.equal((await store.trees(1)).items.length, 1);
  const files = () =>
    readdirSync(join(directory, 'blobs'), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
  assert.equal(files().length, 1);
  await store.deleteTree(tree.id);
  assert.equal(files().length, 0);
  await store.close();
  writeFileSync(join(directory, 'blobs', 'unfinished', '1-0'), 'half');
  const again = open(directory);
  await again.check();
  assert.equal(files().length, 0);
  await again.close();
});

test('a batch that cannot be written is reported, and the store says that it cannot serve', async () => {
  const directory = newDirectory();
  const failures: unknown[] = [];
  const store = new EmbeddedStore(directory, (error) => failures.push(error));
  await store.check();
  rmSync(join(directory, 'blobs'), { recursive: true });
  const tree = treeRecord(100_000);
  await store.putTree(tree);
  await store.trees(1);
  assert.equal(failures.length, 1);
  await assert.rejects(store.check());
  assert.equal(await store.hasTree(tree.id), false);
  await store.close();
});
