/**
 * Sharing effects: what one step changes of shared objects and of controlling terminals.
 *
 * In: a kernel in the state before step i. Out: what tells the changes when the step has been run. Whoever is born has its
 * creator's terminal, and objects of its own but for those that it is said to share.
 * Cost: O(kinds); O(processes) where a leader lets its terminal go. Rules: I30–I38, I84–I87.
 */

import type { Kernel } from '../kernel/kernel.ts';
import type { KernelState } from '../kernel/kernel-state.ts';
import { ROOT, RUNNING } from '../kernel/process-table.ts';
import { CLONE3, EXEC, EXIT, IOCTL, SETSID, type StepList, UNSHARE } from '../plan/step-list.ts';
import { KINDS, type Kind } from '../tree/sharing-columns.ts';

export type SharingEffect =
  /** From now on it holds what `with` holds. */
  | {
      readonly kind: 'shares';
      readonly pid: number;
      readonly with: number;
      readonly resources: readonly Kind[];
    }
  /** From now on it has its own of what was shared before. */
  | { readonly kind: 'leaves'; readonly pid: number; readonly resources: readonly Kind[] }
  /** Device number, 0 none. */
  | { readonly kind: 'terminal'; readonly pid: number; readonly ttyNr: number };

export function watchSharing({ state }: Kernel, steps: StepList, i: number): () => SharingEffect[] {
  const actor = steps.actor[i]!;
  switch (steps.op[i]) {
    case CLONE3:
      return () => shares(state, steps.object[i]!, actor);
    case UNSHARE:
    case EXEC: {
      const before = sharedObjects(state, actor);
      return () => leaves(state, actor, before);
    }
    case SETSID:
    case EXIT:
    case IOCTL: {
      const before = terminalsWith(state, actor);
      return () => changedTerminals(state, before);
    }
    default:
      return () => [];
  }
}

/** Kinds of which others may hold the process's object. */
function sharedObjects(state: KernelState, pid: number): Kind[] {
  const row = state.find(pid);
  const objects = state.sharing?.objects ?? [];
  return KINDS.filter((_, kind) => (objects[kind]?.[row] ?? 0) !== 0);
}

function shares(state: KernelState, pid: number, creator: number): SharingEffect[] {
  if (state.sharing === null) return [];
  const { objects } = state.sharing;
  const [row, above] = [state.find(pid), state.find(creator)];
  const resources = sharedObjects(state, pid).filter((name) => {
    const object = objects[KINDS.indexOf(name)]!;
    return object[row] === object[above];
  });
  return resources.length === 0 ? [] : [{ kind: 'shares', pid, with: creator, resources }];
}

function leaves(state: KernelState, pid: number, before: readonly Kind[]): SharingEffect[] {
  const after = sharedObjects(state, pid);
  const resources = before.filter((kind) => !after.includes(kind));
  return resources.length === 0 ? [] : [{ kind: 'leaves', pid, resources }];
}

/** Rows that can lose or get a terminal by a call of this process: itself, and its session where it leads it. */
function terminalsWith(state: KernelState, pid: number): ReadonlyMap<number, number> {
  const { sharing, processes } = state;
  const row = state.find(pid);
  const before = new Map([[row, sharing?.terminal[row] ?? 0]]);
  if (sharing === null || sharing.terminal[row] === 0) return before;
  for (let other = ROOT; other < processes.count; other++) {
    if (processes.session[other] === row) before.set(other, sharing.terminal[other]!);
  }
  return before;
}

function changedTerminals(
  { sharing, processes }: KernelState,
  before: ReadonlyMap<number, number>,
): SharingEffect[] {
  const effects: SharingEffect[] = [];
  for (const [row, ttyNr] of before) {
    const now = sharing?.terminal[row] ?? ttyNr;
    if (now !== ttyNr && processes.state[row] === RUNNING)
      effects.push({ kind: 'terminal', pid: processes.number[row]!, ttyNr: now });
  }
  return effects;
}
