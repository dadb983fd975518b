/**
 * A worker that does what the size of the tree says: dies, runs out of memory, never ends, or plans as the real one.
 */

import type { Answer, Task } from '../../src/jobs/tasks.ts';
import work from '../../src/jobs/worker.ts';
import { treeFromBytes } from '../../src/store/tree-bytes.ts';

export const DIES = 101;
export const EATS_MEMORY = 102;
export const NEVER_ENDS = 103;

export default async function run(task: Task): Promise<Answer> {
  if (task.do === 'plan') {
    const { size } = treeFromBytes(task.tree);
    if (size === DIES) process.exit(1);
    if (size === NEVER_ENDS) for (;;);
    if (size === EATS_MEMORY) {
      const eaten: object[] = [];
      for (;;) eaten.push(Array.from({ length: 1000 }, (_, i) => ({ i })));
    }
  }
  return work(task);
}
