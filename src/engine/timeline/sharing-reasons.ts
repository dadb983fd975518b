/**
 * Sharing reasons: why a step shares or leaves kernel objects, or has to do with exit signals and terminals, as data.
 *
 * In: a step, its effects, and the history of the plan's run. Out: reasons, none where the step has to do with none of it.
 * Cost: O(kinds) a step.
 */

import { CLONE3, EXEC, IOCTL, IOPRIO, type StepList } from '../plan/step-list.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { KINDS, type Kind, SIGCHLD } from '../tree/sharing-columns.ts';
import type { Effect } from './effects.ts';
import { NOBODY } from './inherited-objects.ts';
import type { PlanHistory } from './plan-history.ts';

export type SharingReason =
  /** `needs` keeps the creator's objects and can only inherit them. Null: an address space that comes with signal handlers. */
  | {
      readonly why: 'shares at birth';
      readonly pid: number;
      readonly creator: number;
      readonly resources: readonly Kind[];
      readonly needs: number | null;
    }
  /** `byExec`: other calls do not leave them. Not `inImage`: a helper, and it matters to those it bears later. */
  | {
      readonly why: 'leaves';
      readonly pid: number;
      readonly resources: readonly Kind[];
      readonly byExec: boolean;
      readonly inImage: boolean;
    }
  | { readonly why: 'exit signal'; readonly pid: number; readonly signal: number }
  /** Device number, 0: it drops the one it has. */
  | { readonly why: 'terminal'; readonly pid: number; readonly ttyNr: number }
  | { readonly why: 'I/O context'; readonly pid: number };

export function sharingReasons(
  tree: ProcessTree,
  steps: StepList,
  i: number,
  effects: readonly Effect[],
  history: PlanHistory,
): SharingReason[] {
  const reasons: SharingReason[] = [];
  const actor = steps.actor[i]!;
  for (const effect of effects) {
    if (effect.kind === 'shares') reasons.push(...ofShares(effect, history));
    if (effect.kind !== 'leaves') continue;
    const { pid, resources } = effect;
    const inImage = tree.indexOf(pid) >= 0;
    reasons.push({ why: 'leaves', pid, resources, byExec: steps.op[i] === EXEC, inImage });
  }
  if (steps.op[i] === CLONE3 && steps.hasExitSignal(i))
    reasons.push({ why: 'exit signal', pid: steps.object[i]!, signal: steps.exitSignal(i) });
  if (steps.op[i] === EXEC && reasons.length === 0)
    reasons.push({ why: 'exit signal', pid: actor, signal: SIGCHLD });
  if (steps.op[i] === IOCTL) reasons.push({ why: 'terminal', pid: actor, ttyNr: steps.value[i]! });
  if (steps.op[i] === IOPRIO) reasons.push({ why: 'I/O context', pid: actor });
  return reasons;
}

/** One for each process that needs some of them. */
function ofShares(
  { pid, with: creator, resources }: Extract<Effect, { kind: 'shares' }>,
  { rowOf, pid: pidOf, needsObject }: PlanHistory,
): SharingReason[] {
  const row = rowOf.get(pid)!;
  const needing = Map.groupBy(resources, (name) => needsObject![KINDS.indexOf(name)]![row]!);
  return Array.from(needing, ([needs, of]) => ({
    why: 'shares at birth',
    ...{ pid, creator, resources: of, needs: needs === NOBODY ? null : pidOf[needs]! },
  }));
}
