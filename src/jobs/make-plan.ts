/** One planning from a tree to the record that is stored: on the main thread for small trees, in a worker for others. */

import type { Diagnostic } from '../engine/diagnosis/diagnostic.ts';
import type { Helper, HelperList } from '../engine/plan/helper-list.ts';
import { helperAt } from '../engine/plan/helper-list.ts';
import type { PlanOptions } from '../engine/plan/plan-options.ts';
import type { Phase, Planning } from '../engine/plan/planning.ts';
import { planRestore } from '../engine/plan-restore.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { stepBytes } from '../store/step-bytes.ts';
import type { PlanRecord } from '../store/store.ts';
import { ENGINE_VERSION } from './engine-version.ts';
import { planId } from './plan-identity.ts';

/** A plan as clients get it, without its steps: the `head` of a plan's record. */
export interface PlanHead extends Pick<Planning, 'outcome' | 'summary' | 'diagnostics' | 'verification'> {
  readonly id: string;
  readonly status: 'ready';
  readonly treeId: string;
  readonly engineVersion: string;
  readonly options: PlanOptions;
  readonly helpers: readonly Helper[];
}

/**
 * @param findings of the upload that brought the tree: they are the plan's too
 * @param options canonical ones
 */
export function makePlan(
  tree: ProcessTree,
  treeId: string,
  findings: readonly Diagnostic[],
  options: PlanOptions,
  phase?: (name: Phase) => void,
): PlanRecord {
  const planning = planRestore(tree, options, phase ? { phase } : undefined);
  const id = planId(treeId, options);
  const head: PlanHead = {
    id,
    status: 'ready',
    outcome: planning.outcome,
    treeId,
    engineVersion: ENGINE_VERSION,
    options,
    summary: planning.summary,
    helpers: helperObjects(planning.helpers),
    diagnostics: [...planning.diagnostics, ...findings],
    verification: planning.verification,
  };
  return { id, treeId, head: JSON.stringify(head), steps: stepBytes(planning.steps) };
}

function helperObjects(helpers: HelperList): Helper[] {
  return Array.from({ length: helpers.length }, (_, i) => helperAt(helpers, i));
}
