/** The published small sets of images with shared resources, line by line. */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { buildTree } from '../../../src/engine/tree/build-tree.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import { readTreeValue } from '../../../src/formats/json/tree-json.ts';
import { DEFAULT_READ_LIMITS } from '../../../src/formats/read-limits.ts';

export interface SharedCase {
  readonly tree: ProcessTree;
  readonly reachable: boolean;
  readonly minimal: boolean;
  readonly line: string;
}

const FOLDER = new URL('../../../../test/fixtures/trees/inherit-only/', import.meta.url);

export function* sharedCases(set: string): Generator<SharedCase> {
  const lines = gunzipSync(readFileSync(new URL(`${set}.jsonl.gz`, FOLDER)))
    .toString('utf8')
    .split('\n');
  for (const line of lines) {
    if (line === '') continue;
    const image = JSON.parse(line);
    const built = buildTree(readTreeValue(image, DEFAULT_READ_LIMITS).columns);
    if (!built.ok) throw new Error(`no tree: ${line}`);
    yield { tree: built.tree, reachable: image.reachable, minimal: image.minimal === true, line };
  }
}
