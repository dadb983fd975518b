/**
 * Residents: who belongs to the problem of which pid namespace (namespaces.md, section 7, step 3).
 *
 * In: a nested tree with its boundary births. Out: rows by namespace, in ascending order. Cost: O(n).
 */

import { memberRows, type Rows } from '../../tree/adjacency.ts';
import { bytes, int32s } from '../../tree/scratch.ts';
import type { BoundaryBirths } from './boundary-births.ts';
import { isInit, type NestedTree } from './nested-tree.ts';

/** Who belongs to the problem of a namespace, by namespace. */
export interface Residents {
  /** Processes that live there with a parent there, and boundary processes that hang from there; parents first. */
  readonly elements: Rows;
  /** Processes injected into it. */
  readonly injected: Rows;
  /** 1: a process with somebody below it, or somebody else in its session. */
  readonly hasOthers: Uint8Array;
  /** Dead leaders of P-children that lived there, as tops. */
  readonly deadTops: Rows;
  /** Dead leaders of P-children that hang from there. */
  readonly deadLeaves: Rows;
}

export function residentsOf(nested: NestedTree, births: BoundaryBirths): Residents {
  const { tree, relations, sessions, boundary, mu, parent } = nested;
  const { size, namespace } = tree;
  const hasOthers = bytes(size);
  for (let q = 1; q < size; q++) {
    hasOthers[parent[q]!] = 1;
    const l = sessions.process[sessions.of[q]!]!;
    if (l >= 0 && l !== q) hasOthers[l] = 1;
  }
  const deadTops = int32s(sessions.count, -1);
  const deadLeaves = int32s(sessions.count, -1);
  for (let s = 1; s < sessions.count; s++) {
    const p = births.deadLeaderParent[s]!;
    if (p < 0) continue;
    hasOthers[p] = 1;
    deadTops[s] = sessions.namespace[s]!;
    deadLeaves[s] = namespace[p]!;
  }
  const elements = int32s(size, -1);
  const injected = int32s(size, -1);
  for (let q = 1; q < size; q++) {
    if (!boundary[q]) elements[q] = namespace[q]!;
    else {
      if (!births.siblingOfLeader[q]) elements[q] = mu[q]!;
      if (!isInit(nested, q)) injected[q] = namespace[q]!;
    }
  }
  const { count } = relations;
  return {
    elements: memberRows(count, elements),
    injected: memberRows(count, injected),
    hasOthers,
    deadTops: memberRows(count, deadTops),
    deadLeaves: memberRows(count, deadLeaves),
  };
}
