/**
 * Helper roster: who is in the plan and not in the image, and for whose sake.
 *
 * Filled while the schedule is made; each helper once, with its role and the pids that it serves.
 */

import { HELPER_ROLES, type HelperList, type HelperRole } from '../../plan/helper-list.ts';
import { PairList } from '../../tree/adjacency.ts';
import { larger } from '../../tree/larger-columns.ts';

export class HelperRoster {
  private count = 0;
  private pids = new Int32Array(16);
  private roles = new Uint8Array(16);
  private readonly served = new PairList(16);

  /** Adds a helper and returns its row. */
  add(pid: number, role: HelperRole): number {
    const row = this.count++;
    if (row === this.pids.length) {
      this.pids = larger(this.pids, row * 2);
      this.roles = larger(this.roles, row * 2);
    }
    this.pids[row] = pid;
    this.roles[row] = HELPER_ROLES.indexOf(role);
    return row;
  }

  /** The number of a helper that was added without. */
  number(row: number, pid: number): void {
    this.pids[row] = pid;
  }

  serve(row: number, pid: number): void {
    this.served.push(row, pid);
  }

  list(): HelperList {
    const { offset, items } = this.served.rows(this.count);
    return {
      length: this.count,
      pid: this.pids.subarray(0, this.count),
      role: this.roles.subarray(0, this.count),
      servedOffset: new Int32Array(offset),
      served: new Int32Array(items),
    };
  }
}
