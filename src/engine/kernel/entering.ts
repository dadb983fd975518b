/**
 * unshare and setns: where the children of a process will live. The caller itself stays where it is.
 *
 * Rules: G1–G10, G14–G16, G27, G28. Cost: O(levels).
 */

import type { Answer } from './errno.ts';
import type { KernelState } from './kernel-state.ts';

/** Namespaces nest 32 deep below the host's (G27). */
export const DEEPEST = 32;

export function unshare(kernel: KernelState, caller: number): Answer {
  const { processes, namespaces } = kernel;
  const own = processes.namespace[caller]!;
  if (processes.namespaceForChildren[caller] !== own) {
    return kernel.refuse('EINVAL', 'the namespace for children is not the own one');
  }
  if (namespaces.level[own]! >= DEEPEST) {
    return kernel.refuse('ENOSPC', `namespaces nest ${DEEPEST} deep at most`);
  }
  processes.namespaceForChildren[caller] = namespaces.make(own);
  return 0;
}

/** Into the namespace in which `target`, possibly a zombie, lives. */
export function setns(kernel: KernelState, caller: number, target: number): Answer {
  const { processes, namespaces } = kernel;
  const wanted = processes.namespace[target]!;
  if (!namespaces.within(wanted, processes.namespace[caller]!)) {
    return kernel.refuse('EINVAL', 'the namespace is neither the own one nor below it');
  }
  processes.namespaceForChildren[caller] = wanted;
  return 0;
}
