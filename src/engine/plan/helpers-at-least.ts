/**
 * How many helpers every plan of a tree has: where a plan has no more, no other needs to be looked for.
 *
 * In: a tree. Out: dead session leaders and dead group owners, each of whom needs a helper of its own, and over pid namespaces
 * whoever else has to bring a session in.
 * Cost: O(n).
 */

import type { ProcessTree } from '../tree/process-tree.ts';
import { withScratch } from '../tree/scratch.ts';
import { countNumbers } from './number-counts.ts';
import { helpersThatBringIn } from './sessions-brought-in.ts';

/** @param dead numbers of dead session and group leaders */
export function helpersAtLeast(tree: ProcessTree, dead = withScratch(() => countNumbers(tree)).dead): number {
  return withScratch(() => dead + helpersThatBringIn(tree));
}
