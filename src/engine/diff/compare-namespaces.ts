/**
 * Pid namespaces of the rebuilt tree against those of the image, and the numbers on all levels.
 *
 * A namespace is known by its init. In: the tree beside the kernel (rebuilt.ts). Out: differences, into its list.
 * Cost: O(numbers), each with the walk up the levels that finds its namespace.
 */

import type { KernelState } from '../kernel/kernel-state.ts';
import { LEVEL_ZERO } from '../kernel/namespace-table.ts';
import { numberSeen } from '../kernel/number-seen.ts';
import { NEW_NAMESPACE, ZOMBIE } from '../tree/process-columns.ts';
import { OUTSIDE } from '../tree/process-tree.ts';
import type { FieldName } from './difference.ts';
import type { Rebuilt } from './rebuilt.ts';

export function compareNamespaces(rebuilt: Rebuilt): void {
  const { tree, state, rows, found } = rebuilt;
  const image = imageNamespaces(rebuilt);
  for (let i = 0; i < tree.size; i++) {
    const row = rows[i]!;
    if (row === 0) continue;
    const actual = image[state.processes.namespace[row]!]!;
    const expected = tree.namespace[i]!;
    if (actual !== expected) {
      const name = actual < 0 ? 'a namespace that the image does not have' : tree.namespaces[actual]!.id;
      found.field(tree.pid[i]!, 'pidns', tree.namespaces[expected]!.id, name);
    } else if (tree.levels) {
      compareNumbers(rebuilt, i, 'pid', 'nspid', row);
      compareNumbers(rebuilt, i, 'pgid', 'nspgid', state.processes.group[row]!);
      compareNumbers(rebuilt, i, 'sid', 'nssid', state.processes.session[row]!);
    }
    compareForChildren(rebuilt, i, image);
  }
}

/** Where the next child would be born. What a zombie was about to do is over. */
function compareForChildren({ tree, state, rows, found }: Rebuilt, i: number, image: Int32Array): void {
  const { namespace, namespaceForChildren } = state.processes;
  if (tree.state[i] === ZOMBIE) return;
  const row = rows[i]!;
  const wanted = tree.forChildren?.[i] ?? -1;
  const next = namespaceForChildren[row]!;
  const actual = next === namespace[row] ? -1 : image[next]! < 0 ? NEW_NAMESPACE : image[next]!;
  if (actual === wanted) return;
  const own = tree.namespaces[tree.namespace[i]!]!.id;
  const idOf = (n: number): string | null => (n === -1 ? own : (tree.namespaces[n]?.id ?? null));
  found.field(tree.pid[i]!, 'pidnsForChildren', idOf(wanted), idOf(actual));
}

/** For each namespace of the kernel its index in the image, −1 where it has none there. */
function imageNamespaces({ tree, state, rows }: Rebuilt): Int32Array {
  const { processes, namespaces } = state;
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

/** Are these the numbers of an owner that lives with the reader, who so sees all of them? */
function isSeenWhole(
  { processes, namespaces }: KernelState,
  owner: number,
  reader: number,
  expected: Int32Array,
  from: number,
  levels: number,
): boolean {
  const home = processes.namespace[owner]!;
  if (home !== processes.namespace[reader] || namespaces.level[home] !== levels - 1) return false;
  if (processes.number[owner] !== expected[from]) return false;
  const inner = processes.innerOffset[owner]!;
  for (let level = 1; level < levels; level++)
    if (namespaces.pool[inner + level - 1] !== expected[from + level]) return false;
  return true;
}

/** @param owner row of the process itself, or of whoever leads its group or session */
function compareNumbers(
  rebuilt: Rebuilt,
  i: number,
  of: 'pid' | 'pgid' | 'sid',
  field: FieldName,
  owner: number,
): void {
  const { tree, state, rows, found } = rebuilt;
  const { offset, [of]: expected } = tree.levels!;
  const from = offset[i]!;
  const levels = offset[i + 1]! - from;
  if (isSeenWhole(state, owner, rows[i]!, expected, from, levels)) return;
  for (let level = 0; level < levels; level++) {
    if (numberSeen(state, owner, rows[i]!, level) === expected[from + level]) continue;
    const wanted = [...expected.subarray(from, from + levels)];
    const actual = wanted.map((_, at) => numberSeen(state, owner, rows[i]!, at));
    found.field(tree.pid[i]!, field, wanted, actual);
    return;
  }
}
