/**
 * A tree with processes put into level 0 from outside, seen from outside (namespaces.md, section 13, point 4).
 *
 * In: a tree whose root is the init of level 0 and that has further processes with a parent outside. Out: the same
 * tree below one more process, the restorer (pid 0), which lives in a namespace of its own above level 0. There level
 * 0 is a nested namespace like any other, and whoever was put in is an injected process.
 * Invariant: process i becomes i + 1, namespace n becomes n + 1; vectors get one more number in front, which no plan
 * shows. Cost: O(numbers). Kernel rules: A16, G6, G21.
 */

import { larger } from '../../tree/larger-columns.ts';
import { OUTSIDE, onLevels, type ProcessTree } from '../../tree/process-tree.ts';
import { signalsAlone } from '../../tree/sharing.ts';

/** Namespaces of a tree with the restorer that no plan shows. */
export const HIDDEN_NAMESPACES = 1;

export function withRestorer(tree: ProcessTree): ProcessTree {
  const { size, parent, namespace, namespaces } = tree;
  const shifted = <C extends Int32Array | Uint8Array>(column: C): C => {
    const longer = larger(column.subarray(0, 0) as C, size + 1);
    longer.set(column, 1);
    return longer;
  };
  const parents = new Int32Array(size + 1).fill(OUTSIDE);
  const homes = new Int32Array(size + 1);
  for (let i = 0; i < size; i++) {
    parents[i + 1] = parent[i] === OUTSIDE ? 0 : parent[i]! + 1;
    homes[i + 1] = namespace[i]! + 1;
  }
  return {
    ...tree,
    size: size + 1,
    pid: shifted(tree.pid),
    parent: parents,
    pgid: shifted(tree.pgid),
    sid: shifted(tree.sid),
    state: shifted(tree.state),
    subreaper: shifted(tree.subreaper),
    exitStatus: shifted(tree.exitStatus),
    namespace: homes,
    namespaces: [
      { id: 'outside', parent: -1, level: 0, init: 0 },
      ...namespaces.map((n) => ({ ...n, parent: n.parent + 1, level: n.level + 1, init: n.init + 1 })),
    ],
    levels: levelsFromOutside(tree),
    caba: null,
    birthOrder: null,
    startTime: null,
    comm: null,
    sharing: signalsAlone(tree.sharing?.exitSignal && shifted(tree.sharing.exitSignal)),
    indexOf: (pid) => (pid === 0 ? 0 : shiftedIndex(tree.indexOf(pid))),
  };
}

function shiftedIndex(i: number): number {
  return i < 0 ? -1 : i + 1;
}

/** Vectors with a number for the outside in front: that of level 0. */
function levelsFromOutside(tree: ProcessTree): NonNullable<ProcessTree['levels']> {
  const { size } = tree;
  const offset = new Int32Array(size + 2);
  offset[1] = 1;
  for (let i = 0; i < size; i++) offset[i + 2] = offset[i + 1]! + onLevels(tree, i, 'pid').length + 1;
  const vectors = (field: 'pid' | 'pgid' | 'sid'): Int32Array => {
    const numbers = new Int32Array(offset[size + 1]!);
    for (let i = 0; i < size; i++) {
      numbers[offset[i + 1]!] = tree[field][i]!;
      numbers.set(onLevels(tree, i, field), offset[i + 1]! + 1);
    }
    return numbers;
  };
  return { offset, pid: vectors('pid'), pgid: vectors('pgid'), sid: vectors('sid') };
}
