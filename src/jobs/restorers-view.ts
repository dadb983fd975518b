/** What restorers would do with a tree, as JSON; and whether a graft makes CRIU restore it. */

import { CRIU_RELEASES } from '../engine/handover/graft.ts';
import { graftTree } from '../engine/handover/graft-tree.ts';
import { DEFAULT_OPTIONS } from '../engine/plan/plan-options.ts';
import { planRestore } from '../engine/plan-restore.ts';
import { predictRestorers, type RestorerPrediction } from '../engine/restorers/predict.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';

export function restorersView(tree: ProcessTree): string {
  const predictions = predictRestorers(tree);
  const grafted = graftedReleases(tree, predictions);
  const restorers = predictions.map(({ restorer, version, outcome, message, pids, reason }) => ({
    restorer,
    version,
    outcome,
    message,
    pids,
    why: reason?.why ?? null,
    remedy: reason?.remedy ?? null,
    graft: restorer === 'criu' && grafted.has(version),
  }));
  return JSON.stringify({ restorers });
}

/** One plan serves them all: CRIU has no CLONE_PARENT. */
function graftedReleases(tree: ProcessTree, predictions: readonly RestorerPrediction[]): Set<string> {
  const wanting = CRIU_RELEASES.filter((release) =>
    predictions.some(
      ({ restorer, version, outcome }) =>
        restorer === 'criu' && version === release && outcome !== 'restores',
    ),
  );
  if (wanting.length === 0) return new Set();
  const planning = planRestore(tree, { ...DEFAULT_OPTIONS, allowCloneParent: false });
  const plan = planning.outcome === 'restorable' ? planning : null;
  return new Set(wanting.filter((release) => graftTree(tree, plan, release).outcome === 'graft'));
}
