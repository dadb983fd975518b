/**
 * A worker that does what the size of the tree says: dies, runs out of memory, never ends, or plans as the real one.
 */

import type { Answer, Order } from '../../src/jobs/crossing.ts';
import work from '../../src/jobs/worker.ts';
import { treeFromBytes } from '../../src/store/tree-bytes.ts';

export const DIES = 101;
export const EATS_MEMORY = 102;
export const NEVER_ENDS = 103;

export default async function run(order: Order): Promise<Answer> {
  if (order.do === 'plan') {
    const { treeAtHand } = (order as Order<'plan'>).task;
    const { size } = treeFromBytes(treeAtHand.record.bytes);
    if (size === DIES) process.exit(1);
    if (size === NEVER_ENDS) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    if (size === EATS_MEMORY) {
      const eaten: object[] = [];
      for (;;) eaten.push(Array.from({ length: 1000 }, (_, i) => ({ i })));
    }
  }
  return work(order);
}
