/**
 * Who was born of whom in a run of the simulator, against what was given.
 *
 * In: the simulator's record of who called clone. Out: the map of births of the image, and who disagrees with the given one.
 * Cost: linear.
 */

import type { BornAncestors } from '../kernel/born-ancestors.ts';
import { UNKNOWN } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { int32s } from '../tree/scratch.ts';
import { type BirthMap, BORN_OUTSIDE } from './birth-map.ts';

/** The births of a run, as a map of the tree: a scratch column. */
export function mapOfRun(tree: ProcessTree, born: BornAncestors): BirthMap {
  const map = int32s(tree.size, -1);
  for (let row = 0; row < born.length; row++) {
    const q = tree.indexOf(born.pid[row]!);
    if (q >= 0 && born.caba[row]! > 0) map[q] = tree.indexOf(born.caba[row]!);
  }
  return map;
}

/** Processes whose closest alive born ancestor in a run is not the one that was given. */
export function disagreeingBirths(map: BirthMap, hints: Int32Array): number[] {
  const disagreeing: number[] = [];
  for (let q = 1; q < map.length; q++) {
    if (hints[q] === UNKNOWN) continue;
    const wanted = hints[q] === BORN_OUTSIDE ? -1 : hints[q];
    if (wanted !== map[q]) disagreeing.push(q);
  }
  return disagreeing;
}
