/** The views of a ready plan as JSON text: computed when they are asked for, on the main thread or in a worker. */

import { compareWithImage } from '../engine/diff/compare.ts';
import { workingDiff } from '../engine/diff/working-diff.ts';
import { replay } from '../engine/kernel/replay.ts';
import { birthTree, NOT_IN_IMAGE } from '../engine/plan/birth-tree.ts';
import { helperList } from '../engine/plan/helper-list.ts';
import { comparePlans } from '../engine/plan/plan-comparison.ts';
import { processScripts } from '../engine/plan/scripts/process-scripts.ts';
import { PRCTL, type StepList } from '../engine/plan/step-list.ts';
import { timeline } from '../engine/timeline/timeline.ts';
import { FLAG_OFF, FLAG_ON, FLAG_UNKNOWN } from '../engine/tree/process-columns.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { stepsFromBytes } from '../store/step-bytes.ts';
import type { PlanRecord } from '../store/store.ts';
import type { PlanHead } from './make-plan.ts';

export type PlanView = 'diff' | 'births' | 'scripts' | 'timeline';

/** Which steps a view tells: from this index, so many. */
export interface StepRange {
  readonly from: number;
  readonly limit: number;
}

export type ViewedPlan = Pick<PlanRecord, 'head' | 'steps'>;

export function planView(view: PlanView, tree: ProcessTree, plan: ViewedPlan, range?: StepRange): string {
  const head = JSON.parse(plan.head) as PlanHead;
  const steps = stepsFromBytes(plan.steps);
  switch (view) {
    case 'diff':
      return JSON.stringify(diffOf(tree, steps, head));
    case 'births':
      return birthsJson(tree, steps);
    case 'scripts':
      return scriptsJson(tree, steps);
    case 'timeline':
      return timelineJson(tree, steps, head, range ?? { from: 0, limit: 1000 });
  }
}

/** @param a a plan of the same tree as `b` */
export function comparisonView(a: ViewedPlan, b: ViewedPlan): string {
  const [headA, headB] = [JSON.parse(a.head) as PlanHead, JSON.parse(b.head) as PlanHead];
  const side = ({ id, outcome, options, summary }: PlanHead) => ({ id, outcome, options, summary });
  return JSON.stringify({
    treeId: headA.treeId,
    a: side(headA),
    b: side(headB),
    ...comparePlans(stepsFromBytes(a.steps), stepsFromBytes(b.steps)),
  });
}

/** Nulls where there is no plan to compare: its tree is not restorable, or undecided. */
function diffOf(tree: ProcessTree, steps: StepList, head: PlanHead): object {
  if (head.outcome !== 'restorable') return { result: null, working: null };
  const { kernel } = replay(tree, steps);
  const { compared, total, differences } = compareWithImage(withPlannedFlags(tree, steps), kernel);
  return {
    result: { processesCompared: compared, total, differences },
    working: workingDiff(tree, steps, helperList(head.helpers)),
  };
}

function timelineJson(
  tree: ProcessTree,
  steps: StepList,
  head: PlanHead,
  { from, limit }: StepRange,
): string {
  const begin = Math.min(from, steps.length);
  const end = Math.min(begin + limit, steps.length);
  const told = timeline(tree, steps, helperList(head.helpers), begin, end);
  const next = end < steps.length ? String(end) : null;
  return JSON.stringify({ ...told, from: begin, count: steps.length, next });
}

/** A flag that the image leaves open is as the plan leaves it. */
function withPlannedFlags(tree: ProcessTree, steps: StepList): ProcessTree {
  if (!tree.subreaper.includes(FLAG_UNKNOWN)) return tree;
  const planned = new Uint8Array(tree.size).fill(FLAG_OFF);
  for (let i = 0; i < steps.length; i++) {
    if (steps.op[i] !== PRCTL) continue;
    const index = tree.indexOf(steps.actor[i]!);
    if (index >= 0) planned[index] = steps.value[i] ? FLAG_ON : FLAG_OFF;
  }
  const subreaper = tree.subreaper.map((flag, i) => (flag === FLAG_UNKNOWN ? planned[i]! : flag));
  return { ...tree, subreaper };
}

function birthsJson(tree: ProcessTree, steps: StepList): string {
  if (steps.length === 0 && tree.size > 1) return '{"births":[]}';
  const { length, pid, creator, step, parent, asSibling } = birthTree(tree, steps);
  const births: string[] = [];
  for (let i = 0; i < length; i++) {
    const inImage = parent[i] !== NOT_IN_IMAGE;
    births.push(
      `{"pid":${pid[i]},"bornOf":${creator[i]},"step":${step[i]! < 0 ? null : step[i]},` +
        `"cloneParent":${asSibling[i] === 1},"helper":${!inImage},"parent":${inImage ? parent[i] : null}}`,
    );
  }
  return `{"births":[${births.join(',')}]}`;
}

function scriptsJson(tree: ProcessTree, steps: StepList): string {
  const scripts = processScripts(tree.pid[0]!, steps);
  const { pid, stepOffset, step, afterOffset, after } = scripts;
  const processes: string[] = [];
  for (let i = 0; i < pid.length; i++) {
    let own = '';
    for (let j = stepOffset[i]!; j < stepOffset[i + 1]!; j++) {
      const at = step[j]!;
      const waits = after.subarray(afterOffset[at], afterOffset[at + 1]).join(',');
      own += `${own && ','}{"step":${at},"after":[${waits}]}`;
    }
    processes.push(`{"pid":${pid[i]},"do":[${own}]}`);
  }
  return `{"processes":[${processes.join(',')}],"criticalPath":${scripts.criticalPath}}`;
}
