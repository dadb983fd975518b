/** The published small sets of images with shared resources, line by line. */

import { buildTree } from '../../../src/engine/tree/build-tree.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import { readTreeValue } from '../../../src/formats/json/tree-json.ts';
import { DEFAULT_READ_LIMITS } from '../../../src/formats/read-limits.ts';
import { linesOfSet } from '../../formats/tree-sets.ts';

export interface SharedCase {
  readonly tree: ProcessTree;
  readonly reachable: boolean;
  readonly minimal: boolean;
  readonly line: string;
}

export function* sharedCases(set: string): Generator<SharedCase> {
  for (const line of linesOfSet(`inherit-only/${set}`)) {
    const image = JSON.parse(line);
    const built = buildTree(readTreeValue(image, DEFAULT_READ_LIMITS).columns);
    if (!built.ok) throw new Error(`no tree: ${line}`);
    yield { tree: built.tree, reachable: image.reachable, minimal: image.minimal === true, line };
  }
}
