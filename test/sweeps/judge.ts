/**
 * Judges one answer of the planner: is it decided, and can the decision be believed?
 *
 * In: an image. Out: what was answered, or what is wrong with it. A plan has been run by the simulator; a refusal's
 * processes, the others contracted, must be refused by themselves, each must be needed, and where the enumeration of the
 * kernel model reaches that far it must not know a history. Cost: some plans of small parts.
 */

import { DEFAULT_OPTIONS } from '../../src/engine/plan/plan-options.ts';
import { planRestore } from '../../src/engine/plan-restore.ts';
import type { ProcessTree } from '../../src/engine/tree/process-tree.ts';
import { treePart } from '../../src/engine/tree/tree-part.ts';
import type { TreeImage } from '../../src/formats/tree-image-schema.ts';
import { treeOf } from '../histories/proven-plan.ts';
import { modelReaches } from './kernel-oracle.ts';

export interface Judgement {
  /** `restorable`, or `unrestorable` with its rule. */
  readonly answer: string;
  /** Null: nothing is. */
  readonly fault: string | null;
  /** The enumeration confirmed the refusal. */
  readonly confirmed: boolean;
  /** User CPU time of the planning. */
  readonly ms: number;
}

/**
 * Rules about the numbers that a session or group shows on each level, and about where children would be born. The
 * enumeration knows sessions by their level-0 number alone, and no children to come, so to it such an image is the one
 * with these put right: it cannot judge it.
 */
const UNKNOWN_TO_THE_MODEL = new Set(['N3', 'N5', 'N9', 'N10']);

function isUnknownToTheModel(detail: Readonly<Record<string, unknown>>): boolean {
  const broken = (detail.broken ?? []) as readonly { readonly rule: string }[];
  return [String(detail.rule), ...broken.map(({ rule }) => rule)].some((rule) =>
    UNKNOWN_TO_THE_MODEL.has(rule),
  );
}

export function judge(image: TreeImage): Judgement {
  const tree = treeOf(image);
  const before = process.cpuUsage();
  const { outcome, diagnostics, verification, workLimitReached } = planRestore(tree, DEFAULT_OPTIONS);
  const ms = process.cpuUsage(before).user / 1000;
  const judged = (answer: string, fault: string | null, confirmed = false): Judgement => ({
    answer,
    fault: fault ?? (workLimitReached ? 'the work limit was reached' : null),
    confirmed,
    ms,
  });
  if (outcome === 'restorable') return judged(outcome, verification ? null : 'not verified');
  const { detail, pids } = diagnostics[0]!;
  if (outcome === 'undecided') return judged(outcome, `undecided: ${detail.reason}`);
  const answer = `${outcome} ${detail.rule}`;
  if (detail.minimal !== true) return judged(answer, 'the conflict is not minimal');
  const named = [0, ...pids.map((pid) => tree.indexOf(pid)).filter((i) => i > 0)].sort((a, b) => a - b);
  const part = treePart(tree, named);
  if (!part || !isRefused(part)) return judged(answer, 'the conflict by itself is none');
  const needless = named.find((i) => i > 0 && isRefusedWithout(tree, named, i));
  if (needless !== undefined) return judged(answer, `the conflict needs no ${tree.pid[needless]}`);
  const reached = isUnknownToTheModel(detail) ? null : modelReaches(part);
  return judged(answer, reached ? 'the kernel model reaches the conflict' : null, reached === false);
}

function isRefused(part: ProcessTree): boolean {
  return planRestore(part, DEFAULT_OPTIONS).outcome === 'unrestorable';
}

/** An init goes with everybody in its namespace: that is no smaller conflict of the same processes. */
function isRefusedWithout(tree: ProcessTree, named: readonly number[], i: number): boolean {
  if (tree.namespaces.some(({ init }) => init === i)) return false;
  const part = treePart(
    tree,
    named.filter((other) => other !== i),
  );
  return part !== null && isRefused(part);
}
