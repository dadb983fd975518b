/**
 * clone3 with set_tid, CLONE_PARENT and CLONE_NEWPID.
 *
 * In: the caller's row, the number wanted on each level. Out: a new row that runs, or an errno; refused calls change
 * nothing. Rules: A6, A15, A16, C1–C10, D1–D19, G3, G13, G25, G27, G29. Cost: O(1), O(levels) below level 0.
 */

import { DEEPEST } from './entering.ts';
import type { Answer } from './errno.ts';
import type { KernelState } from './kernel-state.ts';
import { LEVEL_ZERO, UNBORN } from './namespace-table.ts';
import { IGNORES_SIGCHLD, PARENT_EXECED, RUNNING } from './process-table.ts';

/**
 * `inner[from ..]` are the `depth` numbers wanted on levels 1 and deeper. `exitSignal` is what the parent gets at the
 * child's exit; with CLONE_PARENT (`asSibling`) the call must give 0 (C8). `shared`: kinds held in common with the caller, a
 * bit a kind.
 */
export function clone3(
  kernel: KernelState,
  caller: number,
  child: number,
  inner: ArrayLike<number>,
  from: number,
  depth: number,
  asSibling: boolean,
  newpid: boolean,
  exitSignal: number,
  shared = 0,
): Answer {
  const { processes, namespaces, numbers } = kernel;
  const own = processes.namespace[caller]!;
  let namespace = processes.namespaceForChildren[caller]!;

  if (asSibling) {
    if (exitSignal !== 0) return kernel.refuse('EINVAL', 'CLONE_PARENT takes no exit signal');
    if (kernel.isInit(caller))
      return kernel.refuse('EINVAL', 'the init of a namespace has no siblings inside');
  }
  if (newpid && namespace !== own) {
    return kernel.refuse('EINVAL', 'the namespace for children is not the own one');
  }
  const level = namespaces.level[namespace]! + (newpid ? 1 : 0);
  if (level > DEEPEST) return kernel.refuse('ENOSPC', `namespaces nest ${DEEPEST} deep at most`);
  if (depth !== level) {
    return kernel.refuse('EINVAL', `set_tid has ${depth + 1} numbers, the child has ${level + 1}`);
  }

  const unborn = newpid || namespaces.init[namespace] === UNBORN;
  if (unborn && (level === 0 || inner[from + level - 1] !== 1)) {
    return kernel.refuse('EINVAL', 'the first process of a namespace is number 1 inside');
  }
  let at = namespace;
  for (let i = level; i > 0; i--) {
    const wanted = inner[from + i - 1]!;
    if (wanted < 1 || wanted >= kernel.pidMax) return outOfRange(kernel, wanted);
    if (newpid && i === level) continue;
    if (kernel.inUse(numbers.inner(at, wanted))) return taken(kernel, wanted, i);
    at = namespaces.parent[at]!;
  }
  if (child < 1 || child >= kernel.pidMax) return outOfRange(kernel, child);
  if (kernel.inUse(numbers.outermost(child))) return taken(kernel, child, 0);
  if (!unborn && processes.state[namespaces.init[namespace]!] !== RUNNING) {
    return kernel.refuse('ENOMEM', 'the init of the namespace for children is dead');
  }

  if (newpid) namespace = namespaces.make(own);
  const row = processes.count;
  if (row === processes.capacity) kernel.reserve(row * 2);
  processes.count = row + 1;
  processes.number[row] = child;
  numbers.setOutermost(child, row);
  if (level > 0) takeInnerNumbers(kernel, row, namespace, inner, from, level);
  if (unborn) namespaces.init[namespace] = row;
  kernel.countNumbers(namespace);

  const parent = asSibling ? processes.parent[caller]! : caller;
  processes.namespace[row] = namespace;
  processes.namespaceForChildren[row] = namespace;
  processes.creator[row] = caller;
  processes.exitSignal[row] = asSibling ? processes.exitSignal[caller]! : exitSignal;
  processes.flags[row] =
    processes.flags[caller]! & (asSibling ? IGNORES_SIGCHLD | PARENT_EXECED : IGNORES_SIGCHLD);
  processes.appendChild(parent, row);
  kernel.enterSession(row, processes.session[caller]!);
  kernel.enterGroup(row, processes.group[caller]!);
  if (processes.namespace[parent] === namespace) kernel.ancestors.born(row, parent);
  if (kernel.threads !== null) kernel.takeThreads(row);
  if (shared !== 0) kernel.withSharing().born(row, caller, shared);
  else kernel.sharing?.born(row, caller, 0);
  return 0;
}

function takeInnerNumbers(
  kernel: KernelState,
  row: number,
  namespace: number,
  inner: ArrayLike<number>,
  from: number,
  level: number,
): void {
  kernel.processes.innerOffset[row] = kernel.namespaces.keepNumbers(inner, from, level);
  let at = namespace;
  for (let i = level; at !== LEVEL_ZERO; i--) {
    kernel.numbers.setInner(at, inner[from + i - 1]!, row);
    at = kernel.namespaces.parent[at]!;
  }
}

export function outOfRange(kernel: KernelState, wanted: number): Answer {
  return kernel.refuse('EINVAL', `${wanted} is no number between 1 and ${kernel.pidMax - 1}`);
}

export function taken(kernel: KernelState, wanted: number, level: number): Answer {
  return kernel.refuse('EEXIST', `number ${wanted} of level ${level} is in use`);
}
