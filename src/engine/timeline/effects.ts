/**
 * Effects: what one step of a plan changes, read off the simulator's tables before and after it.
 *
 * In: a kernel in the state before step i. Out: the changes, of the caller first, of those it leaves behind after.
 * Invariant: applied in order to the state before the step they give the state after it: who is there, whose child, in
 * which session and group, with which flag; and what is shared by whom (sharing-effects.ts).
 * Cost: that of the step and of what it shares, and one object a child that an exit hands on.
 * Rules: C1, P1, S1, A1 to A5, H2, H3.
 */

import type { Kernel } from '../kernel/kernel.ts';
import { RUNNING, ZOMBIE } from '../kernel/process-table.ts';
import { CLONE3, EXIT, PRCTL, SETPGID, SETSID, type StepList, WAIT4 } from '../plan/step-list.ts';
import { type SharingEffect, watchSharing } from './sharing-effects.ts';

/** All numbers are level-0 numbers, 0 is outside. */
export type Effect =
  | {
      readonly kind: 'born';
      readonly pid: number;
      readonly creator: number;
      readonly parent: number;
      readonly pgid: number;
      readonly sid: number;
    }
  | { readonly kind: 'session'; readonly pid: number; readonly sid: number; readonly pgid: number }
  | { readonly kind: 'group'; readonly pid: number; readonly pgid: number }
  | { readonly kind: 'flag'; readonly pid: number; readonly childSubreaper: boolean }
  | { readonly kind: 'zombie'; readonly pid: number }
  | { readonly kind: 'gone'; readonly pid: number }
  | { readonly kind: 'adopted'; readonly pid: number; readonly parent: number; readonly from: number }
  | SharingEffect;

/** Runs step `i`. A plan that is ready has no step that is refused; one that is throws. */
export function runStep(kernel: Kernel, steps: StepList, i: number): Effect[] {
  const actor = steps.actor[i]!;
  const orphans = steps.op[i] === EXIT ? childrenOf(kernel, actor) : [];
  const changesOfSharing = watchSharing(kernel, steps, i);
  const refusal = kernel.run(steps, i, i + 1);
  if (refusal) throw new Error(`step ${i}: ${refusal.message}`);
  return [...ofCall(kernel, steps, i, orphans), ...changesOfSharing()];
}

function ofCall(kernel: Kernel, steps: StepList, i: number, orphans: readonly number[]): Effect[] {
  const actor = steps.actor[i]!;
  switch (steps.op[i]) {
    case CLONE3:
      return [born(kernel, steps.object[i]!, actor)];
    case SETSID:
      return [{ kind: 'session', pid: actor, sid: actor, pgid: actor }];
    case SETPGID:
      return [{ kind: 'group', pid: steps.object[i]! || actor, pgid: steps.value[i]! }];
    case PRCTL:
      return [{ kind: 'flag', pid: actor, childSubreaper: steps.value[i] !== 0 }];
    case EXIT:
      return [endOf(kernel, actor), ...orphans.map((pid) => fateOf(kernel, pid, actor))];
    case WAIT4:
      return [{ kind: 'gone', pid: steps.object[i]! }];
    default:
      return [];
  }
}

function born(kernel: Kernel, pid: number, creator: number): Effect {
  const { number, parent, group, session } = kernel.state.processes;
  const row = kernel.state.find(pid);
  return {
    kind: 'born',
    pid,
    creator,
    parent: number[parent[row]!]!,
    pgid: number[group[row]!]!,
    sid: number[session[row]!]!,
  };
}

function childrenOf(kernel: Kernel, pid: number): number[] {
  const { firstChild, nextSibling, number } = kernel.state.processes;
  const children: number[] = [];
  for (let row = firstChild[kernel.state.find(pid)]!; row !== 0; row = nextSibling[row]!) {
    children.push(number[row]!);
  }
  return children;
}

function endOf(kernel: Kernel, pid: number): Effect {
  const row = kernel.state.find(pid);
  const stays = row !== 0 && kernel.state.processes.state[row] !== RUNNING;
  return { kind: stays ? 'zombie' : 'gone', pid };
}

/** A child of a dead father: adopted, or reaped with the adoption. */
function fateOf(kernel: Kernel, pid: number, from: number): Effect {
  const { number, parent, state } = kernel.state.processes;
  const row = kernel.state.find(pid);
  if (row === 0 || (state[row] !== RUNNING && state[row] !== ZOMBIE)) return { kind: 'gone', pid };
  return { kind: 'adopted', pid, parent: number[parent[row]!]!, from };
}
