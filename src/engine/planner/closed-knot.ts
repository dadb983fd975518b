/**
 * The closed knot: clusters that wait for each other and for nobody else (theory, step 2).
 *
 * In: clusters of which none can be opened, what they wait for, and one of them. Out: the first strongly connected
 * component that is closed on the way along pending requirements, and the way to it. Cost: linear in what is reached.
 */

import { StrongComponents } from '../tree/strong-components.ts';
import type { WaitLists } from './wait-lists.ts';

export interface Clusters {
  readonly clusterOf: (session: number) => number;
  /** The sessions of a cluster, from its representative on; −1 at the end. */
  readonly nextInCluster: Int32Array;
  readonly opened: Uint8Array;
}

export interface Knot {
  readonly knot: readonly number[];
  /** Clusters that wait for the knot, each for the next. */
  readonly trail: readonly number[];
}

export function closedKnot(
  { clusterOf, nextInCluster, opened }: Clusters,
  { needs, softNeeds }: WaitLists,
  session: Int32Array,
  from: number,
): Knot {
  /** Clusters that one waits for, some of them twice. */
  function* waitsFor(cluster: number): Generator<number, undefined> {
    for (let c = cluster; c >= 0; c = nextInCluster[c]!) {
      for (let i = needs.offset[c]!; i < needs.offset[c + 1]!; i++) {
        const s = session[needs.items[i]!]!;
        if (!opened[s]) yield clusterOf(s);
      }
      for (let i = softNeeds.offset[c]!; i < softNeeds.offset[c + 1]!; i++) {
        const s = softNeeds.items[i]!;
        if (!opened[s]) yield clusterOf(s);
      }
    }
  }
  const waits = new Map<number, Iterator<number, undefined>>();
  const nextOf = (cluster: number): number => {
    const left = waits.get(cluster) ?? waitsFor(cluster);
    waits.set(cluster, left);
    return left.next().value ?? -1;
  };
  const search = new StrongComponents(nextOf, 16);
  const [knot] = search.from(from);
  return { knot: knot!, trail: search.way };
}
