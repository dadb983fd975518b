/** What is left to do to a tree that CRIU restores by itself: to compare it, and to put back what the hold disturbs. */

import { imageFileName } from '../formats/criu/image-file-name.ts';
import { coreFindings } from '../graft/core-findings.ts';
import { expectedTree } from '../graft/expected-tree.ts';
import { GraftError } from '../graft/graft-error.ts';
import { imageDirectory } from '../graft/image-directory.ts';
import { readImages } from '../graft/read-images.ts';
import type { Finishing } from './finishing-lines.ts';
import { RestoreError } from './native-finisher.ts';

const NOTHING_GRAFTED = { records: [], carriers: [] };

/** @throws RestoreError where the images cannot be read */
export async function inheritedFinishing(directory: string): Promise<Finishing> {
  try {
    const { names, read } = imageDirectory(directory);
    const files = await read(new Set([...names].filter((name) => imageFileName(name) !== null)));
    const tree = await readImages({ names, read: async () => files });
    const { withoutDeathSignal: _, ...restore } = coreFindings(tree, NOTHING_GRAFTED, files);
    return { carriers: [], script: [], restore, expected: expectedTree(tree) };
  } catch (error) {
    if (error instanceof GraftError) throw new RestoreError(error.message);
    throw error;
  }
}
