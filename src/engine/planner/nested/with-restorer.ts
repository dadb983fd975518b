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
import { OUTSIDE, type ProcessTree } from '../../tree/process-tree.ts';
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
  const depth = (i: number): number =>
    tree.levels ? tree.levels.offset[i + 1]! - tree.levels.offset[i]! : 1;
  const offset = new Int32Array(size + 2);
  offset[1] = 1;
  for (let i = 0; i < size; i++) offset[i + 2] = offset[i + 1]! + depth(i) + 1;
  const vectors = {
    offset,
    pid: new Int32Array(offset[size + 1]!),
    pgid: new Int32Array(offset[size + 1]!),
    sid: new Int32Array(offset[size + 1]!),
  };
  for (let i = 0; i < size; i++) {
    for (const field of ['pid', 'pgid', 'sid'] as const) {
      const at = offset[i + 1]!;
      vectors[field][at] = tree[field][i]!;
      for (let level = 0; level < depth(i); level++) {
        vectors[field][at + 1 + level] = tree.levels
          ? tree.levels[field][tree.levels.offset[i]! + level]!
          : tree[field][i]!;
      }
    }
  }
  return vectors;
}
