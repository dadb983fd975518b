/**
 * How many helpers every plan of a tree has: where a plan has no more, no other needs to be looked for.
 *
 * In: a tree. Out: dead session leaders and dead group owners, and over pid namespaces whoever else has to bring a session in.
 * Cost: O(n).
 */

import { NumberTable } from '../tree/number-table.ts';
import { outsideNumbers } from '../tree/outside.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { withScratch } from '../tree/scratch.ts';
import { helpersThatBringIn } from './sessions-brought-in.ts';

export function helpersAtLeast(tree: ProcessTree): number {
  return withScratch(() => deadLeaders(tree) + helpersThatBringIn(tree));
}

/** Numbers of dead session and group leaders: each needs a helper of its own. */
function deadLeaders(tree: ProcessTree): number {
  const outside = outsideNumbers(tree);
  const dead = new NumberTable(16);
  for (let i = 0; i < tree.size; i++) {
    const sid = tree.sid[i]!;
    const pgid = tree.pgid[i]!;
    if (sid !== 0 && sid !== outside.sid && tree.indexOf(sid) < 0) dead.set(sid, 1);
    if (pgid !== 0 && pgid !== outside.pgid && tree.indexOf(pgid) < 0) dead.set(pgid, 1);
  }
  return dead.size;
}
