/** One planning from a tree to the record that is stored: on the main thread for small trees, in a worker for others. */

import type { Helper, HelperList } from '../engine/plan/helper-list.ts';
import { helperAt } from '../engine/plan/helper-list.ts';
import type { PlanOptions } from '../engine/plan/plan-options.ts';
import type { Phase, Planning } from '../engine/plan/planning.ts';
import { planRestore } from '../engine/plan-restore.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { stepBytes } from '../store/step-bytes.ts';
import type { PlanRecord, TreeRecord } from '../store/store.ts';
import { ENGINE_VERSION } from './engine-version.ts';
import { infoOf } from './tree-record.ts';

/** A plan as clients get it, without its steps: the `head` of a plan's record. */
export interface PlanHead extends Pick<Planning, 'outcome' | 'summary' | 'diagnostics' | 'verification'> {
  readonly id: string;
  readonly status: 'ready';
  readonly treeId: string;
  readonly engineVersion: string;
  readonly options: PlanOptions;
  readonly helpers: readonly Helper[];
}

/** Stands at the beginning of a head, which is long where there are many helpers, and is not parsed for this. */
export function outcomeOf({ head }: Pick<PlanRecord, 'head'>): PlanHead['outcome'] {
  return OUTCOME.exec(head.slice(0, OUTCOME_WITHIN))![1] as PlanHead['outcome'];
}

const OUTCOME = /"outcome":"(\w+)"/;
const OUTCOME_WITHIN = 200;

/** A tree's record as far as a plan of it needs it. */
type PlannedTree = Pick<TreeRecord, 'id' | 'info'>;

/** @param options canonical ones */
export function makePlan(
  id: string,
  tree: ProcessTree,
  record: PlannedTree,
  options: PlanOptions,
  phase?: (name: Phase) => void,
): PlanRecord {
  return recordOf(planRestore(tree, options, phase ? { phase } : undefined), id, record, options);
}

/** The same, and null where it would take more than `workLimit` (engine/plan/work-budget.ts). */
export function makePlanWithin(
  workLimit: number,
  id: string,
  tree: ProcessTree,
  record: PlannedTree,
  options: PlanOptions,
): PlanRecord | null {
  const planning = planRestore(tree, options, undefined, workLimit);
  return planning.workLimitReached ? null : recordOf(planning, id, record, options);
}

/** What the upload was found to leave open is the plan's to say too. */
function recordOf(planning: Planning, id: string, tree: PlannedTree, options: PlanOptions): PlanRecord {
  const head: PlanHead = {
    id,
    status: 'ready',
    outcome: planning.outcome,
    treeId: tree.id,
    engineVersion: ENGINE_VERSION,
    options,
    summary: planning.summary,
    helpers: helperObjects(planning.helpers),
    diagnostics: [...planning.diagnostics, ...infoOf(tree).findings],
    verification: planning.verification,
  };
  return { id, treeId: tree.id, head: JSON.stringify(head), steps: stepBytes(planning.steps) };
}

function helperObjects(helpers: HelperList): Helper[] {
  return Array.from({ length: helpers.length }, (_, i) => helperAt(helpers, i));
}
