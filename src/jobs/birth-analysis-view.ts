/** What is certain and what is open in the births of a tree, as JSON: on the main thread or in a worker. */

import type { BirthOptions } from '../engine/births/given-births.ts';
import { birthAnalysis } from '../engine/diagnosis/birth-answer.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';

export function birthAnalysisJson(tree: ProcessTree, options: BirthOptions): string {
  const answer = birthAnalysis(tree, options);
  return JSON.stringify({ ...answer, reason: REASONS[answer.status] });
}

const REASONS = {
  analysed: null,
  contradiction: 'The given births, or the tree itself, fit no history; the plan’s diagnostics say which.',
  undecided: 'The limits of the search were reached before a history was found or excluded.',
  unsupported:
    'The image has processes that were born or put in from outside: the births of such trees are planned, but not analysed.',
} as const;
