/**
 * What Virtuozzo's CRIU does with a tree: dump, planning, and its own way of carrying it out, on the simulated kernel.
 *
 * Nested pid namespaces are dumped and planned by it; that is not modelled here, and said so.
 */

import { bootOf } from '../../kernel/replay.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';
import { withScratch } from '../../tree/scratch.ts';
import { comparedWithImage, refusedDump } from '../criu/predict.ts';
import { recordsOfTree } from '../criu/records.ts';
import type { CriuRules } from '../criu/release.ts';
import { runCriu } from '../criu/run.ts';
import type { Prediction } from '../prediction.ts';

/** Null: not modelled. */
export function predictVirtuozzo(
  tree: ProcessTree,
  rules: CriuRules,
  dumped: readonly number[] | null = null,
): Prediction | null {
  if (tree.namespaces.length > 1) return null;
  return refusedDump(tree) ?? withScratch(() => restored(tree, rules, dumped));
}

function restored(tree: ProcessTree, rules: CriuRules, dumped: readonly number[] | null): Prediction {
  const run = runCriu(recordsOfTree(tree, dumped), bootOf(tree), rules);
  if (run.done) return comparedWithImage(tree, run.kernel);
  // Two branches below each other have left the tree: the planning succeeds all the same (restorers.md, 2.6).
  return run.prediction.outcome === 'hangs' ? { ...run.prediction, outcome: 'unsound' } : run.prediction;
}
