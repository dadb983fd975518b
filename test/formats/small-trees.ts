import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { FIXTURES } from './dumps.ts';

/** Files of the published sets of small trees, with their folders. */
export function smallTreeFiles(): string[] {
  return ['.', 'namespaces', 'caba'].flatMap((folder) =>
    readdirSync(join(FIXTURES, 'trees', folder))
      .filter((name) => name.endsWith('.jsonl.gz'))
      .map((name) => join(folder, name)),
  );
}

export function smallTrees(file: string): TreeImage[] {
  const text = gunzipSync(readFileSync(join(FIXTURES, 'trees', file))).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TreeImage);
}
