/**
 * Given births of a tree that is planned below the restorer (planner/nested/with-restorer.ts): the image's process i is
 * process i + hidden there, and whoever was born outside was born of process 0.
 *
 * In: what is given for the tree. Out: the same for the tree with the restorer. Cost: O(n).
 */

import { BORN_OUTSIDE } from '../births/birth-map.ts';
import type { GivenBirths } from '../births/given-births.ts';
import type { BirthRefusal } from '../histories/birth-demand.ts';
import { UNKNOWN } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';

export function belowRestorer(tree: ProcessTree, given: GivenBirths, hidden: number): GivenBirths {
  if (hidden === 0) return given;
  const hints = new Int32Array(tree.size + hidden).fill(UNKNOWN);
  for (let q = 0; q < tree.size; q++) if (given.hints[q]! >= 0) hints[q + hidden] = given.hints[q]! + hidden;
  for (const q of [0, ...given.outside]) hints[q + hidden] = 0;
  let order = given.order;
  if (order) {
    order = new Float64Array(tree.size + hidden).fill(Number.NaN);
    order.set(given.order!, hidden);
  }
  let count = 0;
  for (let q = hidden; q < hints.length; q++) if (hints[q]! >= 0) count++;
  return { ...given, hints, order, count };
}

/** A refusal in the indexes of the image; the restorer is nobody there. */
export function shifted(refusal: BirthRefusal, hidden: number): BirthRefusal {
  if (refusal.kind === 'faults') return refusal;
  const { core, minimal } = refusal.contradiction;
  const inside = core.map((q) => q - hidden).filter((q) => q > 0);
  return { kind: 'contradiction', contradiction: { core: inside, minimal, possible: null, because: null } };
}

/** The hints that a plan is held against: BORN_OUTSIDE for whoever is said to be born outside. */
export function demandedBirths({ hints, outside }: GivenBirths): Int32Array {
  return hints.map((x, q) => (outside.has(q) ? BORN_OUTSIDE : x));
}
