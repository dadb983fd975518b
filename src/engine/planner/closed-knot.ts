/**
 * The closed knot: clusters that wait for each other and for nobody else (theory, step 2).
 *
 * In: clusters of which none can be opened, what they wait for, and one of them. Out: the first strongly connected component that
 * Tarjan's search along pending requirements closes, and the way to it. Cost: linear in what is reached.
 */

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

interface Frame {
  readonly cluster: number;
  /** The session of the cluster that is looked at, and how far into what it waits for. */
  at: number;
  hard: number;
  soft: number;
}

export function closedKnot(
  clusters: Clusters,
  { needs, softNeeds }: WaitLists,
  session: Int32Array,
  from: number,
): Knot {
  const { nextInCluster, opened } = clusters;
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const onStack: number[] = [];
  const frames: Frame[] = [];
  const enter = (cluster: number): void => {
    order.set(cluster, order.size);
    low.set(cluster, order.get(cluster)!);
    onStack.push(cluster);
    frames.push({ cluster, at: cluster, hard: needs.offset[cluster]!, soft: softNeeds.offset[cluster]! });
  };
  enter(from);
  for (;;) {
    const frame = frames.at(-1)!;
    let target = -1;
    while (frame.at >= 0 && target < 0) {
      let s = -1;
      if (frame.hard < needs.offset[frame.at + 1]!) s = session[needs.items[frame.hard++]!]!;
      else if (frame.soft < softNeeds.offset[frame.at + 1]!) s = softNeeds.items[frame.soft++]!;
      else {
        frame.at = nextInCluster[frame.at]!;
        if (frame.at >= 0) {
          frame.hard = needs.offset[frame.at]!;
          frame.soft = softNeeds.offset[frame.at]!;
        }
        continue;
      }
      if (opened[s]) continue;
      const k = clusters.clusterOf(s);
      if (k !== frame.cluster) target = k;
    }
    if (target < 0) {
      if (low.get(frame.cluster) === order.get(frame.cluster)) {
        const trail = frames.filter((other) => other !== frame).map(({ cluster }) => cluster);
        return { knot: onStack.slice(onStack.indexOf(frame.cluster)), trail };
      }
      frames.pop();
      const parent = frames.at(-1)!.cluster;
      low.set(parent, Math.min(low.get(parent)!, low.get(frame.cluster)!));
    } else if (!order.has(target)) enter(target);
    else low.set(frame.cluster, Math.min(low.get(frame.cluster)!, order.get(target)!));
  }
}
