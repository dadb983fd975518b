/** What /proc shows of all processes at some moment between two times: whose thread is whose, and start times. */

import { bootTime, CLOCK_STEP } from '../proc/boot-clock.ts';
import type { ProcDirectory } from '../proc/proc-directory.ts';
import type { Snapshot } from './task-births.ts';

export function procSnapshot(proc: ProcDirectory): Snapshot {
  const from = bootTime();
  const threads = new Map<number, number>();
  const starts = new Map<number, number>();
  for (const pid of proc.pids()) {
    const stat = proc.stat(pid);
    if (!stat) continue;
    starts.set(pid, stat.startTime);
    for (const [tid] of proc.threads(pid)) threads.set(tid!, pid);
  }
  return { from, to: bootTime() + CLOCK_STEP, threads, starts };
}
