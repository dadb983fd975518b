/**
 * Processes with those that what is said of them rests on: inits, owners, ancestors.
 *
 * In: a tree, some of its processes. Out: these and more. Cost: O(result + path upwards).
 */

import { OUTSIDE, type ProcessTree } from './process-tree.ts';

/** With the root and the inits of the pid namespaces that they live in, without which there are none; ascending. */
export function withInits({ namespace, namespaces }: ProcessTree, processes: readonly number[]): number[] {
  const all = new Set([0, ...processes]);
  for (const i of processes) {
    for (let n = namespace[i]!; n > 0; n = namespaces[n]!.parent) all.add(namespaces[n]!.init);
  }
  return [...all].filter((i) => i >= 0).sort((a, b) => a - b);
}

/** With the leaders of their sessions and the owners of their groups. */
export function withOwners(tree: ProcessTree, processes: readonly number[]): number[] {
  const all = new Set(processes);
  for (const i of processes) {
    for (const number of [tree.sid[i]!, tree.pgid[i]!]) {
      const owner = tree.indexOf(number);
      if (owner >= 0) all.add(owner);
    }
  }
  return [...all];
}

export function withAncestors(
  { parent }: Pick<ProcessTree, 'parent'>,
  processes: readonly number[],
): number[] {
  const all = new Set<number>();
  for (const start of processes) {
    for (let i = start; i !== OUTSIDE && !all.has(i); i = parent[i]!) all.add(i);
  }
  return [...all];
}
