/** A tree beside the kernel that is to hold it: what every comparison reads, and where it puts what differs. */

import type { KernelState } from '../kernel/kernel-state.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import type { DifferenceList } from './difference.ts';

export interface Rebuilt {
  readonly tree: ProcessTree;
  readonly state: KernelState;
  /** The kernel's row of every process, 0: missing. */
  readonly rows: Int32Array;
  readonly found: DifferenceList;
}
