/** The small trees with all their birth maps in test/fixtures/trees/caba. */

import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { treesOfSet } from '../../formats/tree-sets.ts';
import { treeOf } from '../../histories/proven-plan.ts';

export interface EnumeratedTree {
  readonly image: TreeImage;
  readonly tree: ProcessTree;
  /** pid → pid, without the root. */
  readonly cabaMaps: readonly Readonly<Record<string, number>>[];
  readonly forced: Readonly<Record<string, number>>;
  readonly open: Readonly<Record<string, readonly number[]>>;
}

export const CABA_SETS = ['sessions.n2', 'sessions.n3', 'sessions.n4', 'zombies.n2', 'zombies.n3'] as const;

export function enumeratedTrees(set: (typeof CABA_SETS)[number]): EnumeratedTree[] {
  const trees = treesOfSet<TreeImage & Pick<EnumeratedTree, 'cabaMaps' | 'forced' | 'open'>>(`caba/${set}`);
  return trees.map(({ root, processes, cabaMaps, forced, open }) => {
    const image = { root, processes } as TreeImage;
    return { image, tree: treeOf(image), cabaMaps, forced, open };
  });
}

/** A map of indexes as pids, in the order of the fixtures' keys. */
export function inPids(tree: ProcessTree, map: Int32Array): Record<string, number> {
  const pids: [number, number][] = [];
  for (let q = 1; q < tree.size; q++) pids.push([tree.pid[q]!, tree.pid[map[q]!]!]);
  return Object.fromEntries(pids.sort(([a], [b]) => a - b));
}

/** A map of pids as indexes. */
export function inIndexes(tree: ProcessTree, map: Readonly<Record<string, number>>): Int32Array {
  const indexes = new Int32Array(tree.size).fill(-1);
  for (const [pid, caba] of Object.entries(map)) indexes[tree.indexOf(Number(pid))] = tree.indexOf(caba);
  return indexes;
}

/** Every map of a size, possible or not; `unknown` adds −1 to the values: partial maps. */
export function* everyMap(size: number, unknown: boolean): Generator<Int32Array> {
  const map = new Int32Array(size).fill(unknown ? -1 : 0);
  map[0] = -1;
  for (;;) {
    if (map.every((x, q) => q === 0 || x !== q)) yield map;
    let q = size - 1;
    while (q > 0 && map[q] === size - 1) map[q--] = unknown ? -1 : 0;
    if (q === 0) return;
    map[q]!++;
  }
}
