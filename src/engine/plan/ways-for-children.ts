/**
 * The last steps of a plan: whoever's next child would be born in another pid namespace calls unshare or setns again.
 *
 * In: a tree, the steps that lead to it. Out: those steps and these. Nobody is born after them. Cost: O(n).
 * Kernel rules: G1, G6, G7, G28.
 */

import { NEW_NAMESPACE, ZOMBIE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import type { StepList } from './step-list.ts';

export function appendWaysForChildren(
  { size, pid, state, namespaces, forChildren }: ProcessTree,
  steps: StepList,
): void {
  if (forChildren === null) return;
  for (let i = 0; i < size; i++) {
    const n = forChildren[i]!;
    if (n === -1 || state[i] === ZOMBIE) continue;
    if (n === NEW_NAMESPACE) steps.unshare(pid[i]!);
    else steps.setns(pid[i]!, pid[namespaces[n]!.init]!);
  }
}
