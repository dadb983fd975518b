/**
 * Births (theory, step 7, phase 1): clone and setsid, from the root down.
 *
 * In: the origin walk with the parentage. Out: steps after which everybody is born, in the session that it keeps.
 * Invariant: the subtree of a child from before its creator's setsid is complete before that setsid: so members of
 * the older session come to be. setsid cannot fail, since no group has been made yet (E2, E5).
 * Cost: O(elements), no recursion. Kernel rules: C3, C4, D4, E5, E7.
 */

import { PARENT, type StepList } from '../../plan/step-list.ts';
import { bytes, copyOf, int32s } from '../../tree/scratch.ts';
import { BEFORE, type Origin } from '../origin.ts';
import { elementLeads, type OriginProblem } from '../origin-problem.ts';
import type { Cast } from './cast.ts';
import type { OriginWalk } from './origin-walk.ts';
import { CARRIED, type Parentage, SIBLING } from './parentage.ts';

export function scheduleBirths(
  problem: OriginProblem,
  origin: Origin,
  walk: OriginWalk,
  parentage: Parentage,
  cast: Cast,
  steps: StepList,
): void {
  const { childOffset, children, preorder } = walk;
  const { mode, carrierOf, carriers } = parentage;
  const { pidOf, carrierPid } = cast;
  const carrierBorn = bytes(carriers.count);
  const next = copyOf(childOffset);
  const leads = bytes(origin.creator.length);
  for (const e of preorder) if (elementLeads(problem, e)) leads[e] = 1;

  const bear = (child: number, creator: number): void => {
    if (mode[child] !== CARRIED) {
      steps.clone3(pidOf(creator), pidOf(child), mode[child] === SIBLING ? PARENT : 0);
      return;
    }
    const h = carrierOf[child]!;
    if (!carrierBorn[h]) {
      carrierBorn[h] = 1;
      steps.clone3(pidOf(creator), carrierPid[h]!, 0);
    }
    steps.clone3(carrierPid[h]!, pidOf(child), 0);
  };

  const stack = int32s(preorder.length);
  let top = 0;
  while (top >= 0) {
    const e = stack[top]!;
    const at = next[e]!;
    const child = at < childOffset[e + 1]! ? children[at]! : -1;
    if (leads[e] && (child < 0 || origin.phase[child] !== BEFORE)) {
      leads[e] = 0;
      steps.setsid(pidOf(e));
    }
    if (child < 0) {
      top--;
      continue;
    }
    next[e] = at + 1;
    bear(child, e);
    stack[++top] = child;
  }
}
