/** What the core file of a process says of it. */

import type { ALIVE, ZOMBIE } from '../../engine/tree/process-columns.ts';

export interface Task {
  readonly state: typeof ALIVE | typeof ZOMBIE;
  /** Alive, and stopped by a signal. */
  readonly stopped: boolean;
  readonly exitStatus: number;
  readonly subreaper: boolean | undefined;
  readonly comm: string | undefined;
}
