/**
 * Pid namespaces of the rebuilt tree against those of the image, and the numbers on all levels.
 *
 * A namespace is known by its init. In: the tree, the kernel, the kernel's row of every process (0: missing).
 * Cost: O(numbers), each with the walk up the levels that finds its namespace.
 */

import type { Kernel } from '../kernel/kernel.ts';
import { LEVEL_ZERO } from '../kernel/namespace-table.ts';
import { numberSeen } from '../kernel/proc.ts';
import { NEW_NAMESPACE, ZOMBIE } from '../tree/process-columns.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import type { DifferenceList, FieldName } from './difference.ts';

export function compareNamespaces(
  tree: ProcessTree,
  kernel: Kernel,
  rows: Int32Array,
  found: DifferenceList,
): void {
  const image = imageNamespaces(tree, kernel, rows);
  for (let i = 0; i < tree.size; i++) {
    const row = rows[i]!;
    if (row === 0) continue;
    const actual = image[kernel.state.processes.namespace[row]!]!;
    const expected = tree.namespace[i]!;
    if (actual !== expected) {
      const name = actual < 0 ? 'a namespace that the image does not have' : tree.namespaces[actual]!.id;
      found.field(tree.pid[i]!, 'pidns', tree.namespaces[expected]!.id, name);
    } else if (tree.levels) {
      compareNumbers(tree, i, kernel, row, found);
    }
    compareForChildren(tree, i, kernel, row, image, found);
  }
}

/** Where the next child would be born. What a zombie was about to do is over. */
function compareForChildren(
  tree: ProcessTree,
  i: number,
  kernel: Kernel,
  row: number,
  image: Int32Array,
  found: DifferenceList,
): void {
  const { namespace, namespaceForChildren } = kernel.state.processes;
  if (tree.state[i] === ZOMBIE) return;
  const wanted = tree.forChildren?.[i] ?? -1;
  const next = namespaceForChildren[row]!;
  const actual = next === namespace[row] ? -1 : image[next]! < 0 ? NEW_NAMESPACE : image[next]!;
  if (actual === wanted) return;
  const own = tree.namespaces[tree.namespace[i]!]!.id;
  const idOf = (n: number): string | null => (n === -1 ? own : (tree.namespaces[n]?.id ?? null));
  found.field(tree.pid[i]!, 'pidnsForChildren', idOf(wanted), idOf(actual));
}

/** For each namespace of the kernel its index in the image, −1 where it has none there. */
function imageNamespaces(tree: ProcessTree, kernel: Kernel, rows: Int32Array): Int32Array {
  const { processes, namespaces } = kernel.state;
  const image = new Int32Array(namespaces.count).fill(-1);
  image[LEVEL_ZERO] = 0;
  for (let k = 1; k < tree.namespaces.length; k++) {
    const { init, parent } = tree.namespaces[k]!;
    const row = init === OUTSIDE ? 0 : rows[init]!;
    if (row === 0) continue;
    const own = processes.namespace[row]!;
    if (namespaces.init[own] === row && image[namespaces.parent[own]!] === parent) image[own] = k;
  }
  return image;
}

function compareNumbers(
  tree: ProcessTree,
  i: number,
  kernel: Kernel,
  row: number,
  found: DifferenceList,
): void {
  const { offset, pid, pgid, sid } = tree.levels!;
  const { group, session } = kernel.state.processes;
  compareVector(tree, i, offset, pid, 'nspid', kernel, row, row, found);
  compareVector(tree, i, offset, pgid, 'nspgid', kernel, group[row]!, row, found);
  compareVector(tree, i, offset, sid, 'nssid', kernel, session[row]!, row, found);
}

function compareVector(
  tree: ProcessTree,
  i: number,
  offset: Int32Array,
  expected: Int32Array,
  field: FieldName,
  kernel: Kernel,
  owner: number,
  row: number,
  found: DifferenceList,
): void {
  const from = offset[i]!;
  const levels = offset[i + 1]! - from;
  for (let level = 0; level < levels; level++) {
    if (numberSeen(kernel.state, owner, row, level) === expected[from + level]) continue;
    const wanted = [...expected.subarray(from, from + levels)];
    const actual = wanted.map((_, at) => numberSeen(kernel.state, owner, row, at));
    found.field(tree.pid[i]!, field, wanted, actual);
    return;
  }
}
