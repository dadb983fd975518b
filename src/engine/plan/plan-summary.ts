/**
 * What a plan is about, in numbers.
 *
 * In: the tree, the lengths of its plan. Out: counts of the tree's sessions and groups, with and without their leaders.
 * Cost: O(n), a byte a process.
 */

import { NumberTable } from '../tree/number-table.ts';
import { ZOMBIE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { bytes, withScratch } from '../tree/scratch.ts';
import { helpersAtLeast } from './helpers-at-least.ts';
import type { PlanSummary } from './planning.ts';

export function summaryOf(tree: ProcessTree, steps: number, helpers: number): PlanSummary {
  const { size, state, namespaces } = tree;
  let zombies = 0;
  for (let i = 0; i < size; i++) if (state[i] === ZOMBIE) zombies++;
  return withScratch(() => ({
    processes: size,
    sessions: differentNumbers(tree, tree.sid),
    groups: differentNumbers(tree, tree.pgid),
    zombies,
    namespaces: namespaces.length,
    steps,
    helpers,
    helpersAtLeast: helpersAtLeast(tree),
  }));
}

/** How many sessions or groups there are, by the number of each process's. */
export function differentNumbers(tree: ProcessTree, numbers: Int32Array): number {
  const led = bytes(tree.size);
  const leaderless = new NumberTable(16);
  let count = 0;
  for (let i = 0; i < tree.size; i++) {
    const leader = tree.indexOf(numbers[i]!);
    if (leader < 0) leaderless.set(numbers[i]!, 1);
    else if (led[leader] === 0) {
      led[leader] = 1;
      count++;
    }
  }
  return count + leaderless.size;
}
