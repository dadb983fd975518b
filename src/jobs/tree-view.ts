/** What is told of a tree without a plan of its own, as JSON: restorers, requirements, the command of CRIU. */

import { CRIU_RELEASES } from '../engine/handover/graft.ts';
import { graftTree } from '../engine/handover/graft-tree.ts';
import { DEFAULT_OPTIONS } from '../engine/plan/plan-options.ts';
import { planRestore } from '../engine/plan-restore.ts';
import { type CommandOption, criuOptionsOf } from '../engine/requirements/criu-options.ts';
import { untold } from '../engine/requirements/of-surroundings.ts';
import { requirementsOf } from '../engine/requirements/requirements.ts';
import type { Surroundings } from '../engine/requirements/surroundings.ts';
import { predictRestorers, type RestorerPrediction } from '../engine/restorers/predict.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';

export type TreeView = 'restorers' | 'requirements' | 'criu-command';

export function treeView(view: TreeView, tree: ProcessTree, surroundings: Surroundings | null): string {
  switch (view) {
    case 'restorers':
      return restorersJson(tree, surroundings?.order ?? null);
    case 'requirements':
      return JSON.stringify({
        requirements: requirementsOf(tree, surroundings),
        notTold: untold(surroundings),
        notes: surroundings?.notes ?? [],
        surroundings,
      });
    case 'criu-command':
      return JSON.stringify({
        ...commandOf(criuOptionsOf(tree, surroundings)),
        notTold: untold(surroundings),
      });
  }
}

function commandOf(options: readonly CommandOption[]): object {
  const at = (when: CommandOption['at']): string =>
    options
      .filter(({ at: on }) => on === when || on === 'both')
      .map(({ option }) => ` ${option}`)
      .join('');
  return {
    dump: `criu dump -t PID -D DIR${at('dump')}`,
    restore: `criu restore -D DIR${at('restore')}`,
    options,
  };
}

function restorersJson(tree: ProcessTree, dumped: readonly number[] | null): string {
  const predictions = predictRestorers(tree, dumped);
  const grafted = graftedReleases(tree, predictions);
  const restorers = predictions.map(({ restorer, version, outcome, message, pids, mayHangFor, reason }) => ({
    restorer,
    version,
    outcome,
    message,
    pids,
    ...(mayHangFor && { mayHangFor }),
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
      ({ restorer, version, outcome, mayHangFor }) =>
        restorer === 'criu' && version === release && (outcome !== 'restores' || mayHangFor !== undefined),
    ),
  );
  if (wanting.length === 0) return new Set();
  const planning = planRestore(tree, { ...DEFAULT_OPTIONS, allowCloneParent: false });
  const plan = planning.outcome === 'restorable' ? planning : null;
  return new Set(wanting.filter((release) => graftTree(tree, () => plan, release).outcome === 'graft'));
}
