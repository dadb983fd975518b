/**
 * Topological order: nodes in an order in which each comes after all that have an arc to it.
 *
 * In: arcs as rows by the node that they come from, of one or several kinds. Out: the nodes in order, whoever could come first
 * first; fewer than all where some are on a circle of arcs, or behind one. Cost: O(nodes + arcs).
 */

import type { Rows } from './adjacency.ts';
import { int32s, unsetInt32s } from './scratch.ts';

export function topologicalOrder(
  nodes: number,
  isNode: (node: number) => boolean,
  kinds: readonly Rows[],
): Int32Array {
  const waiting = int32s(nodes);
  for (const { items } of kinds) for (let i = 0; i < items.length; i++) waiting[items[i]!]!++;
  const order = unsetInt32s(nodes);
  let length = 0;
  for (let node = 0; node < nodes; node++) if (waiting[node] === 0 && isNode(node)) order[length++] = node;
  for (let at = 0; at < length; at++) {
    const from = order[at]!;
    for (let kind = 0; kind < kinds.length; kind++) {
      const { offset, items } = kinds[kind]!;
      for (let i = offset[from]!; i < offset[from + 1]!; i++) {
        if (--waiting[items[i]!]! === 0) order[length++] = items[i]!;
      }
    }
  }
  return order.subarray(0, length);
}
