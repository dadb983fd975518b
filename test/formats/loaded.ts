/** What a reading has to be for a test to go on: a tree, or a refusal. */

import assert from 'node:assert/strict';
import type { ProcessTree } from '../../src/engine/tree/process-tree.ts';
import { loadTree, type NotRead, type ReadResult, readTree } from '../../src/formats/read-tree.ts';

/** A JSON image given as a value. */
export function readValue(image: unknown): Promise<ReadResult> {
  return readTree('json', Buffer.from(JSON.stringify(image)));
}

export function treeOf(read: ReadResult): ProcessTree {
  const loaded = loadTree(read);
  assert.ok(loaded.ok, loaded.ok ? '' : JSON.stringify(loaded.faults));
  return loaded.tree;
}

export function refusalOf(read: ReadResult): NotRead {
  const loaded = loadTree(read);
  assert.ok(!loaded.ok, 'The upload was read.');
  assert.ok([400, 413, 415, 422].includes(loaded.status));
  assert.ok(loaded.faults.length > 0 && loaded.faults.length <= 100 && loaded.total >= loaded.faults.length);
  return loaded;
}
