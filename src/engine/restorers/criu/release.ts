/** Where restorers and their releases differ (releases.ts). */

import type { PlannedIds } from './plan-ids.ts';
import type { ReadingRules, Refused, TaskTree } from './task-tree.ts';

export interface CriuRules {
  readonly release: string;
  /** Does it dump nested pid namespaces? What becomes of them then is not modelled. */
  readonly dumpsNested: boolean;
  readonly reading: ReadingRules;
  /** @param ownGroup the restorer's own group as the image numbers it, 0 where the image has none of it */
  readonly plan: (tasks: TaskTree, ownGroup: number) => PlannedIds | Refused;
  /** Raw wait status that a zombie with this one has after the restore. */
  readonly zombieStatus: (status: number) => number;
  /** When child-subreaper flags are set: after all helpers are gone, or by each task before it forks. */
  readonly flags: 'last' | 'at birth';
  /** `stays`: a member waits for ever for a leader that moved. `moves on`: leaders make their group first and leave it last. */
  readonly groupLeader: 'stays' | 'moves on';
  /**
   * Does the restore wait for tasks that nobody forks? Else it succeeds without them (restorers.md, 2.6), and what hangs
   * now and then is not modelled.
   */
  readonly waits: boolean;
}

const CORE_DUMPED = 0x80;
const SIGABRT = 6;
/** The largest signal that CRIU takes for a deadly one; a zombie that died of a later one dies of SIGABRT. */
const LAST_SIGNAL = 63;

/** Nobody dumps core in a restore. Measured with 4.2.1 and 4.3: of 64 signals only the last comes back as another. */
export function exactStatus(status: number): number {
  const signal = status & 0x7f;
  if (signal === 0) return status;
  return (signal > LAST_SIGNAL ? SIGABRT : signal) & ~CORE_DUMPED;
}

/** The same, and exit codes lose their highest bit: 200 comes back as 72. */
export function statusWithoutHighBit(status: number): number {
  return status & 0x7f ? exactStatus(status) : status & 0x7f00;
}
