/** Requirements: what a target must have for a tree to be restored there, by the tree and by what was dumped with it. */

import type { ProcessTree } from '../tree/process-tree.ts';
import { askOfSurroundings } from './of-surroundings.ts';
import { askOfTree } from './of-tree.ts';
import { askedBy, type Requirement } from './requirement.ts';
import type { Surroundings } from './surroundings.ts';

/** @param surroundings null: the image has processes only */
export function requirementsOf(tree: ProcessTree, surroundings: Surroundings | null): Requirement[] {
  return askedBy((ask) => {
    askOfTree(ask, tree);
    if (surroundings) askOfSurroundings(ask, surroundings);
  });
}
