/**
 * Blocks of a birth map over several pid namespaces: whom a boundary process cuts off from those above it.
 *
 * In: processes, each after its ancestor by birth. Out: is nobody in between? Kept of each: its depth, and the boundary
 * process at or above it. Invariant: what is asked about is at or above the other on the way from the root, so depths
 * decide. Cost: O(1) each. Kernel rules: those of birth-places.ts.
 */

import type { ProcessIndex } from '../tree/index-kinds.ts';
import type { BirthPlaces } from './birth-places.ts';

export class BirthBlocks {
  private readonly places: BirthPlaces;
  private readonly depth: Int32Array;
  private readonly boundary: Int32Array;

  constructor(places: BirthPlaces, size: number) {
    this.places = places;
    this.depth = new Int32Array(size);
    this.boundary = new Int32Array(size);
  }

  put(q: ProcessIndex, above: ProcessIndex): void {
    this.depth[q] = this.depth[above]! + 1;
    this.boundary[q] = this.places.isBoundary(q) ? q : this.boundary[above]!;
  }

  /** No boundary process stands below p, which is at or above x, and at or above x. */
  joins(p: ProcessIndex, x: ProcessIndex): boolean {
    return this.depth[p]! >= this.depth[this.boundary[x]!]!;
  }
}
