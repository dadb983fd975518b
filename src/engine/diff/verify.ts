/**
 * Verification: the steps, run by the simulator, end in exactly the image, or they are no plan.
 *
 * Cost: one replay and one comparison, both near-linear.
 */

import type { Kernel, Refusal } from '../kernel/kernel.ts';
import { replay } from '../kernel/replay.ts';
import type { PlanVerification } from '../plan/planning.ts';
import type { StepList } from '../plan/step-list.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { compareWithImage } from './compare.ts';
import type { Difference } from './difference.ts';

/** Why steps are no plan for an image: a step was refused, or the end is another tree. */
export interface VerificationFailure {
  readonly message: string;
  readonly refusal: Refusal | null;
  /** The first differences; empty where a step was refused. */
  readonly differences: readonly Difference[];
  readonly total: number;
}

/** @param inspect is shown the kernel at the end, where the steps are a plan */
export function verify(
  tree: ProcessTree,
  steps: StepList,
  inspect?: (kernel: Kernel) => void,
): PlanVerification | { readonly failure: VerificationFailure } {
  const { kernel, executed, refusal } = replay(tree, steps);
  if (refusal) {
    const message = `step ${refusal.step}: ${refusal.message}`;
    return { failure: { message, refusal, differences: [], total: 0 } };
  }
  const { compared, total, differences } = compareWithImage(tree, kernel);
  if (total > 0) {
    const message = `the end differs from the image in ${total} places`;
    return { failure: { message, refusal: null, differences, total } };
  }
  inspect?.(kernel);
  return { by: 'simulator', stepsExecuted: executed, processesCompared: compared, differences: 0 };
}
