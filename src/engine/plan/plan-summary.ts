/**
 * What a plan is about, in numbers.
 *
 * In: the tree, the lengths of its plan. Out: counts of the tree's sessions and groups, with and without their leaders.
 * Cost: O(n), a byte a process.
 */

import { ZOMBIE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { withScratch } from '../tree/scratch.ts';
import { helpersAtLeast } from './helpers-at-least.ts';
import { countNumbers } from './number-counts.ts';
import type { PlanSummary } from './planning.ts';

export function summaryOf(tree: ProcessTree, steps: number, helpers: number): PlanSummary {
  const { size, state, namespaces } = tree;
  let zombies = 0;
  for (let i = 0; i < size; i++) if (state[i] === ZOMBIE) zombies++;
  const { sessions, groups, dead } = withScratch(() => countNumbers(tree));
  return {
    processes: size,
    sessions,
    groups,
    zombies,
    namespaces: namespaces.length,
    steps,
    helpers,
    helpersAtLeast: helpersAtLeast(tree, dead),
  };
}
