/**
 * Working diff: the tree at its fullest, just before the first helper dies, against the image (contract, section 3).
 *
 * In: a tree, the steps and helpers of its plan. Out: the helpers that are there, the processes that hang elsewhere
 * than in the image, and those not born yet. Lists end at a limit; the totals count all.
 * Cost: the replay of the steps before that death, then O(processes + helpers).
 */

import type { Refusal } from '../kernel/kernel.ts';
import { replay } from '../kernel/replay.ts';
import { HELPER_ROLES, type HelperList, type HelperRole } from '../plan/helper-list.ts';
import { EXIT, type StepList } from '../plan/step-list.ts';
import { NumberTable } from '../tree/number-table.ts';
import { type ProcessTree, parentPid } from '../tree/process-tree.ts';

export interface WorkingHelper {
  readonly pid: number;
  readonly role: HelperRole;
  /** Level-0 numbers; parent 0 is outside the image. */
  readonly parent: number;
  readonly pgid: number;
  readonly sid: number;
}

export interface HangsElsewhere {
  readonly pid: number;
  /** Its parent at that moment. */
  readonly parent: number;
  /** Its parent in the image. */
  readonly expected: number;
}

export interface WorkingDiff {
  /** Index of the first step by which a helper dies; the number of steps where none does. */
  readonly step: number;
  readonly helpers: readonly WorkingHelper[];
  readonly elsewhere: readonly HangsElsewhere[];
  /** Pids of the image that are born later. */
  readonly unborn: readonly number[];
  readonly totals: { readonly helpers: number; readonly elsewhere: number; readonly unborn: number };
  /** Null for a verified plan. */
  readonly refusal: Refusal | null;
}

export function workingDiff(
  tree: ProcessTree,
  steps: StepList,
  helpers: HelperList,
  limit = 10_000,
): WorkingDiff {
  const step = firstHelperDeath(tree, steps);
  const { kernel, refusal } = replay(tree, steps, step);
  const { number, parent, group, session } = kernel.state.processes;
  const totals = { helpers: 0, elsewhere: 0, unborn: 0 };

  const present: WorkingHelper[] = [];
  /** Where numbers were few, later helpers have them again. */
  const listed = new NumberTable(helpers.length);
  for (let i = 0; i < helpers.length; i++) {
    const pid = helpers.pid[i]!;
    const row = kernel.state.find(pid);
    if (row === 0 || listed.has(pid)) continue;
    listed.set(pid, 1);
    if (totals.helpers++ >= limit) continue;
    present.push({
      pid,
      role: HELPER_ROLES[helpers.role[i]!]!,
      parent: number[parent[row]!]!,
      pgid: number[group[row]!]!,
      sid: number[session[row]!]!,
    });
  }

  const elsewhere: HangsElsewhere[] = [];
  const unborn: number[] = [];
  for (let i = 0; i < tree.size; i++) {
    const pid = tree.pid[i]!;
    const row = kernel.state.find(pid);
    if (row === 0) {
      if (totals.unborn++ < limit) unborn.push(pid);
      continue;
    }
    const expected = parentPid(tree, i);
    const actual = number[parent[row]!]!;
    if (actual === expected) continue;
    if (totals.elsewhere++ < limit) elsewhere.push({ pid, parent: actual, expected });
  }
  return { step, helpers: present, elsewhere, unborn, totals, refusal };
}

/** A helper is whoever the image does not have. */
function firstHelperDeath(tree: ProcessTree, steps: StepList): number {
  for (let i = 0; i < steps.length; i++) {
    if (steps.op[i] === EXIT && tree.indexOf(steps.actor[i]!) < 0) return i;
  }
  return steps.length;
}
