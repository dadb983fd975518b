/** The graft of a plan, as JSON or as pstree.img: computed when it is asked for. */

import type { CriuRelease, Graft } from '../engine/handover/graft.ts';
import { graftTree, type PlanToGraft } from '../engine/handover/graft-tree.ts';
import { helperList } from '../engine/plan/helper-list.ts';
import { CLONE3, PARENT, type StepList } from '../engine/plan/step-list.ts';
import { planRestore } from '../engine/plan-restore.ts';
import { recordsOfTree } from '../engine/restorers/criu/records.ts';
import { ZOMBIE } from '../engine/tree/process-columns.ts';
import { type ProcessTree, threadsOf } from '../engine/tree/process-tree.ts';
import { Problem } from '../errors.ts';
import { type PstreeRecord, pstreeImage } from '../formats/criu/pstree-image.ts';
import { stepsFromBytes } from '../store/step-bytes.ts';
import type { PlanHead } from './make-plan.ts';
import type { ViewedPlan } from './plan-view.ts';

export type GraftForm = 'json' | 'pstree';

/** @throws Problem GRAFT_IMPOSSIBLE where there are no records to write */
export function graftView(
  tree: ProcessTree,
  plan: ViewedPlan,
  criu: CriuRelease,
  form: GraftForm,
): string | Uint8Array {
  const graft = graftTree(tree, () => planToGraft(tree, plan), criu);
  if (form === 'json') return JSON.stringify(graft);
  if (graft.outcome === 'impossible') {
    throw new Problem('GRAFT_IMPOSSIBLE', graft.diagnostics.at(-1)!.message);
  }
  return pstreeImage(graft.outcome === 'graft' ? graft.records : ownRecords(tree, graft));
}

/** CRIU cannot use CLONE_PARENT: a plan that does is made again without, all other options being the same. */
function planToGraft(tree: ProcessTree, plan: ViewedPlan): PlanToGraft | null {
  const { outcome, options, helpers } = JSON.parse(plan.head) as PlanHead;
  if (outcome !== 'restorable') return null;
  const steps = stepsFromBytes(plan.steps);
  if (!usesCloneParent(steps)) return { steps, helpers: helperList(helpers) };
  const again = planRestore(tree, { ...options, allowCloneParent: false });
  return again.outcome === 'restorable' ? again : null;
}

function usesCloneParent({ op, flags, length }: StepList): boolean {
  for (let i = 0; i < length; i++) if (op[i] === CLONE3 && flags[i]! & PARENT) return true;
  return false;
}

/** Where CRIU restores the tree by itself: the records that the dump has. */
function* ownRecords(tree: ProcessTree, { root }: Graft): Generator<PstreeRecord> {
  const records = recordsOfTree(tree);
  const { count, pid, ppid, pgid, sid, state } = records;
  for (let i = 0; i < count; i++) {
    const own = state[i] === ZOMBIE ? [] : threadsOf(records, i);
    const above = pid[i] === root ? 0 : ppid[i]!;
    yield { pid: pid[i]!, ppid: above, pgid: pgid[i]!, sid: sid[i]!, threads: [pid[i]!, ...own] };
  }
}
