/** The published sets of small trees in test/fixtures/trees: every tree of a few processes, a line each, with its verdict. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { FIXTURES } from './dumps.ts';

const TREES = join(FIXTURES, 'trees');
const ENDING = '.jsonl.gz';

/** Names of the sets in a folder, as `linesOfSet` takes them. */
export function setsIn(folder: string): string[] {
  return readdirSync(join(TREES, folder))
    .filter((name) => name.endsWith(ENDING))
    .map((name) => join(folder, name.slice(0, -ENDING.length)));
}

export function linesOfSet(set: string): string[] {
  return gunzipSync(readFileSync(join(TREES, `${set}${ENDING}`)))
    .toString()
    .split('\n')
    .filter(Boolean);
}

export function treesOfSet<Tree = TreeImage>(set: string): Tree[] {
  return linesOfSet(set).map((line) => JSON.parse(line) as Tree);
}
