/**
 * Effects: what one step of a plan changes, read off the simulator's tables before and after it.
 *
 * In: a kernel in the state before step i. Out: the changes, of the caller first, of those it leaves behind after.
 * Invariant: applied in order to the state before the step they give the state after it: who is there, whose child, in
 * which session and group, with which flag, which objects are shared by whom, and who has which terminal. Whoever is born has
 * its creator's terminal, and objects of its own but for those that it is said to share.
 * Cost: that of the step, and one object a child that an exit hands on; O(processes) where a leader lets its terminal go.
 * Rules: C1, P1, S1, A1 to A5, H2, H3; of shared resources I30–I38, I84–I87.
 */

import type { Kernel } from '../kernel/kernel.ts';
import { ROOT, RUNNING, ZOMBIE } from '../kernel/process-table.ts';
import {
  CLONE3,
  EXEC,
  EXIT,
  IOCTL,
  PRCTL,
  SETPGID,
  SETSID,
  type StepList,
  UNSHARE,
  WAIT4,
} from '../plan/step-list.ts';
import { KINDS, type Kind } from '../tree/sharing-columns.ts';

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

/** Runs step `i`. A plan that is ready has no step that is refused; one that is throws. */
export function runStep(kernel: Kernel, steps: StepList, i: number): Effect[] {
  const actor = steps.actor[i]!;
  const orphans = steps.op[i] === EXIT ? childrenOf(kernel, actor) : [];
  const held = LEAVES_OBJECTS.has(steps.op[i]!) ? sharedObjects(kernel, actor) : [];
  const terminals = CHANGES_TERMINALS.has(steps.op[i]!) ? terminalsWith(kernel, actor) : NO_TERMINALS;
  const refusal = kernel.run(steps, i, i + 1);
  if (refusal) throw new Error(`step ${i}: ${refusal.message}`);
  const effects = ofCall(kernel, steps, i, orphans);
  if (held.length > 0) effects.push(...leaves(kernel, actor, held));
  if (terminals.size > 0) effects.push(...changedTerminals(kernel, terminals));
  return effects;
}

const LEAVES_OBJECTS = new Set([UNSHARE, EXEC]);
const CHANGES_TERMINALS = new Set([SETSID, EXIT, IOCTL]);
const NO_TERMINALS: ReadonlyMap<number, number> = new Map();

function ofCall(kernel: Kernel, steps: StepList, i: number, orphans: readonly number[]): Effect[] {
  const actor = steps.actor[i]!;
  switch (steps.op[i]) {
    case CLONE3:
      return [born(kernel, steps.object[i]!, actor), ...shares(kernel, steps.object[i]!, actor)];
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

/** Kinds of which others may hold the process's object. */
function sharedObjects({ state }: Kernel, pid: number): Kind[] {
  const row = state.find(pid);
  const objects = state.sharing?.objects ?? [];
  return KINDS.filter((_, kind) => (objects[kind]?.[row] ?? 0) !== 0);
}

function shares(kernel: Kernel, pid: number, creator: number): Effect[] {
  const { sharing } = kernel.state;
  if (sharing === null) return [];
  const [row, above] = [kernel.state.find(pid), kernel.state.find(creator)];
  const resources = sharedObjects(kernel, pid).filter((name) => {
    const objects = sharing.objects[KINDS.indexOf(name)]!;
    return objects[row] === objects[above];
  });
  return resources.length === 0 ? [] : [{ kind: 'shares', pid, with: creator, resources }];
}

function leaves(kernel: Kernel, pid: number, before: readonly Kind[]): Effect[] {
  const after = sharedObjects(kernel, pid);
  const resources = before.filter((kind) => !after.includes(kind));
  return resources.length === 0 ? [] : [{ kind: 'leaves', pid, resources }];
}

/** Rows that can lose or get a terminal by a call of this process: itself, and its session where it leads it. */
function terminalsWith({ state }: Kernel, pid: number): ReadonlyMap<number, number> {
  const { sharing, processes } = state;
  const row = state.find(pid);
  const before = new Map([[row, sharing?.terminal[row] ?? 0]]);
  if (sharing === null || sharing.terminal[row] === 0) return before;
  for (let other = ROOT; other < processes.count; other++) {
    if (processes.session[other] === row) before.set(other, sharing.terminal[other]!);
  }
  return before;
}

function changedTerminals({ state }: Kernel, before: ReadonlyMap<number, number>): Effect[] {
  const { sharing, processes } = state;
  if (sharing === null) return [];
  const effects: Effect[] = [];
  for (const [row, ttyNr] of before) {
    const now = sharing.terminal[row]!;
    if (now !== ttyNr && processes.state[row] === RUNNING)
      effects.push({ kind: 'terminal', pid: processes.number[row]!, ttyNr: now });
  }
  return effects;
}
