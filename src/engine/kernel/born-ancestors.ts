/**
 * Closest alive born ancestors (CABA, kernel-rules section 10, v4): who executed the clone of a process, or, where
 * that one has been reaped, who executed his, and so on. A zombie still counts.
 *
 * In: a kernel after a run. Out: per process that is not reaped its pid and its ancestor's, in order of birth.
 * Cost: near-linear; the way over reaped creators is shortened as it is walked.
 */

import { lastingInt32s } from '../tree/column-block.ts';
import type { Kernel } from './kernel.ts';
import { REAPED, ROOT } from './process-table.ts';

export interface BornAncestors {
  readonly length: number;
  readonly pid: Int32Array;
  /** Level-0 pid, 0 where it is outside the image. */
  readonly caba: Int32Array;
}

export function bornAncestors(kernel: Kernel): BornAncestors {
  const { count, state, creator, number } = kernel.state.processes;
  const columns = lastingInt32s(3 * count);
  const closest = columns.subarray(0, count);
  const pid = columns.subarray(count, 2 * count);
  const caba = columns.subarray(2 * count);
  closest.set(creator.subarray(0, count));
  let length = 0;
  // Creators are born before their children, so a creator's own answer is ready when it is needed.
  for (let row = ROOT; row < count; row++) {
    const by = closest[row]!;
    if (by >= ROOT && state[by] === REAPED) closest[row] = closest[by]!;
    if (state[row] === REAPED) continue;
    pid[length] = number[row]!;
    caba[length] = number[closest[row]!]!;
    length++;
  }
  return { length, pid: pid.subarray(0, length), caba: caba.subarray(0, length) };
}
