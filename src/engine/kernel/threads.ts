/**
 * Threads of a process: their numbers, and the exit of a leader thread while others live.
 *
 * Plans make no threads (an executor starts them when the tree stands); images have their ids, which are taken with
 * their process. Numbers are those of level 0, as in the image.
 * Rules: A9–A14, D8, G3b. A child made by a thread belongs to the process, so calls name processes only. Cost: O(1).
 */

import { outOfRange, taken } from './clone.ts';
import { exit } from './death.ts';
import type { Answer } from './errno.ts';
import type { KernelState } from './kernel-state.ts';
import { LEADER_EXITED } from './process-table.ts';

/** clone3 with CLONE_THREAD. */
export function cloneThread(kernel: KernelState, caller: number, tid: number): Answer {
  const { processes, numbers } = kernel;
  if (processes.namespaceForChildren[caller] !== processes.namespace[caller]) {
    return kernel.refuse('EINVAL', 'the namespace for children is not the own one');
  }
  if (tid < 1 || tid >= kernel.pidMax) return outOfRange(kernel, tid);
  if (kernel.inUse(numbers.outermost(tid))) return taken(kernel, tid, 0);
  numbers.setOutermost(tid, -caller);
  processes.threads[caller]!++;
  return 0;
}

/** The end of one thread; the leader's has the pid as its number. With the last one the process exits. */
export function exitThread(kernel: KernelState, owner: number, tid: number): Answer {
  const { processes, numbers } = kernel;
  const leads = processes.number[owner] === tid;
  const leaderExited = (processes.flags[owner]! & LEADER_EXITED) !== 0;
  if (leads ? leaderExited : numbers.outermost(tid) !== -owner) {
    return kernel.refuse('ESRCH', `the process has no thread ${tid}`);
  }
  if (leads) {
    if (processes.threads[owner] === 0) return exit(kernel, owner, 0);
    processes.flags[owner]! |= LEADER_EXITED;
    return 0;
  }
  numbers.setOutermost(tid, 0);
  return --processes.threads[owner]! === 0 && leaderExited ? exit(kernel, owner, 0) : 0;
}
