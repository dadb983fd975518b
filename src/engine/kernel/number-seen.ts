/** What others see of a process's numbers (G21). Cost: the levels between the two. */

import type { KernelState } from './kernel-state.ts';

/** The number of `row` on a level as `reader` sees it, 0 where it is not visible. */
export function numberSeen(kernel: KernelState, row: number, reader: number, level: number): number {
  const { processes, namespaces } = kernel;
  if (level === 0) return processes.number[row]!;
  const namespace = processes.namespace[row]!;
  if (namespaces.level[namespace]! < level) return 0;
  const there = namespaces.atLevel(processes.namespace[reader]!, level);
  if (namespaces.atLevel(namespace, level) !== there) return 0;
  return namespaces.pool[processes.innerOffset[row]! + level - 1]!;
}
