/**
 * exit and wait4: zombies, orphans, and what the exit of a namespace's init takes with it.
 *
 * In: rows. Out: 0 or an errno. Rules: A1–A5, A17–A19, A24, A25, G12, G17–G22, G33, H2–H6.
 * Cost: exit is one write a child, and O(log n) for finding an adopter where subreapers are far away. The exit of an
 * init with somebody inside looks at every row.
 */

import { SIGCHLD } from '../tree/sharing-columns.ts';
import type { Answer } from './errno.ts';
import type { KernelState } from './kernel-state.ts';
import {
  HANGING,
  IGNORES_SIGCHLD,
  OUTSIDE,
  REAPED,
  ROOT,
  RUNNING,
  SESSION_LEADER,
  SUBREAPER,
  ZOMBIE,
} from './process-table.ts';
import { letGo } from './terminal.ts';

const SIGKILL = 9;

/** So many parents are looked at one by one before the search by paths. */
const NEAR = 16;

/** `status` is the raw wait status. Answers 0 also where the exit of an init is left hanging. */
export function exit(kernel: KernelState, caller: number, status: number): Answer {
  const { processes } = kernel;
  processes.exitStatus[caller] = status;
  kernel.retireSubreaper(caller);
  if ((processes.flags[caller]! & SESSION_LEADER) !== 0) letGo(kernel, caller);
  if (kernel.isInit(caller)) {
    exitInit(kernel, caller);
    return 0;
  }
  if (processes.firstChild[caller] !== 0) orphanChildren(kernel, caller);
  kernel.becomeZombie(caller);
  return 0;
}

/** `plain`: without __WALL, so children with another exit signal than SIGCHLD are not seen (C9). */
export function wait4(kernel: KernelState, caller: number, child: number, plain: boolean): Answer {
  const { parent, state, exitSignal } = kernel.processes;
  if (parent[child] !== caller) return kernel.refuse('ECHILD', 'the caller is not its parent');
  if (plain && exitSignal[child] !== SIGCHLD) {
    return kernel.refuse('ECHILD', 'its exit signal is not SIGCHLD, only __WALL waits for it');
  }
  if (state[child] === RUNNING) return kernel.refuse('EAGAIN', 'the child still runs, the call would block');
  if (state[child] === HANGING) {
    return kernel.refuse('EAGAIN', 'the exit of the child does not finish, the call would block');
  }
  kernel.reap(child);
  return 0;
}

function orphanChildren(kernel: KernelState, father: number): void {
  const { processes } = kernel;
  const adopter = adopterOfChildren(kernel, father);
  if (adopter !== processes.parent[father]) kernel.ancestors.move(father, adopter);
  const first = processes.firstChild[father]!;
  processes.moveChildren(father, adopter);
  if ((processes.flags[adopter]! & IGNORES_SIGCHLD) !== 0) reapZombies(kernel, first);
}

/** The nearest flagged ancestor inside the father's namespace, else that namespace's init (section 7). */
export function adopterOfChildren(kernel: KernelState, father: number): number {
  const { processes, namespaces } = kernel;
  const namespace = processes.namespace[father]!;
  const init = namespaces.init[namespace]!;
  if (namespaces.flagged[namespace] === 0) return init;
  let at = processes.parent[father]!;
  for (let i = 0; i < NEAR; i++) {
    if (at === init || processes.namespace[at] !== namespace) return init;
    if ((processes.flags[at]! & SUBREAPER) !== 0) return at;
    at = processes.parent[at]!;
  }
  const found = kernel.ancestors.nearest(father);
  return found === 0 ? init : found;
}

/** Reaps the zombies from this sibling on (H2). */
function reapZombies(kernel: KernelState, first: number): void {
  const { state, nextSibling } = kernel.processes;
  for (let child = first; child !== 0; ) {
    const next = nextSibling[child]!;
    if (state[child] === ZOMBIE) kernel.reap(child);
    child = next;
  }
}

/**
 * Everything inside dies with its init; the exit finishes when no number but its own is left inside. The first thing that
 * the init does is to ignore SIGCHLD, in whatever handlers it has: whoever shares them, outside too, ignores it from then on.
 */
function exitInit(kernel: KernelState, init: number): void {
  const { processes, namespaces } = kernel;
  const namespace = processes.namespace[init]!;
  processes.state[init] = HANGING;
  kernel.setIgnoresSigchld(init, true);
  if (namespaces.used[namespace] === 1) {
    kernel.finishExit(namespace);
    return;
  }
  killInside(kernel, namespace, init);
  for (let at = namespaces.count - 1; at >= namespace; at--) {
    if (namespaces.within(at, namespace)) kernel.finishExit(at);
  }
}

function killInside(kernel: KernelState, namespace: number, init: number): void {
  const { processes, namespaces } = kernel;
  const { state, parent } = processes;
  const inside = (row: number): boolean => namespaces.within(processes.namespace[row]!, namespace);
  const killed = new Set<number>();

  for (let row = ROOT; row < processes.count; row++) {
    if (row === init || state[row] !== RUNNING || !inside(row)) continue;
    processes.exitStatus[row] = SIGKILL;
    killed.add(row);
    kernel.retireSubreaper(row);
    if ((processes.flags[row]! & SESSION_LEADER) !== 0) letGo(kernel, row);
    state[row] = kernel.isInit(row) ? HANGING : ZOMBIE;
    if (state[row] === HANGING) kernel.setIgnoresSigchld(row, true);
  }
  for (let row = ROOT; row < processes.count; row++) {
    if (row === init || state[row] === REAPED || !inside(row)) continue;
    if (parent[row] !== init && parent[row] !== OUTSIDE && inside(parent[row]!)) {
      processes.removeChild(row);
      processes.appendChild(init, row);
    }
  }
  for (let row = ROOT; row < processes.count; row++) {
    if (row === init || state[row] !== ZOMBIE || !inside(row)) continue;
    // A zombie of before stays with a parent outside that has only now come to ignore SIGCHLD.
    if (parent[row] === init || (killed.has(row) && kernel.isReapedUnseen(row))) kernel.reap(row);
  }
}
