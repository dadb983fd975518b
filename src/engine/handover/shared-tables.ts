/**
 * File tables along the records of a graft: CRIU shares one between a task and the parent of its record, and in no other way.
 *
 * In: a tree and records. Out: does everybody who shares the table of their parent in the image have it after CRIU's
 * restore? Each must hang from a sharer, with carriers between them that take part in this table and in no other; and CRIU
 * must clone it there: a child of the root that is in another session, and does not lead it, comes from a helper of that
 * session instead, gets the helper's empty table, and keeps it without a word (inherit-only resources, 4.2; measured).
 * Cost: O(records), but for climbs over carriers.
 */

import { ALIVE } from '../tree/process-columns.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { FILES, NOT_TOLD } from '../tree/sharing-columns.ts';
import type { GraftRecord } from './graft.ts';

export function keepsSharedTables(tree: ProcessTree, records: readonly GraftRecord[]): boolean {
  const files = tree.sharing?.classes[FILES];
  if (!files) return true;
  const recordOf = new Map(records.map((record) => [record.pid, record]));
  const root = records[0]!;
  const tableOfCarrier = new Map<number, number>();
  for (let i = 1; i < tree.size; i++) {
    const table = files[i]!;
    const parent = tree.parent[i]!;
    if (tree.state[i] !== ALIVE || parent === OUTSIDE || table === NOT_TOLD || files[parent] !== table)
      continue;
    for (let at = recordOf.get(tree.pid[i]!)!; ; ) {
      const above = recordOf.get(at.ppid);
      if (!above || isMoved(at, root)) return false;
      const process = tree.indexOf(above.pid);
      if (process >= 0 && tree.state[process] === ALIVE) {
        if (files[process] !== table) return false;
        break;
      }
      if ((tableOfCarrier.get(above.pid) ?? table) !== table) return false;
      tableOfCarrier.set(above.pid, table);
      at = above;
    }
  }
  return true;
}

/** Does CRIU make a helper of its session to bear it? */
function isMoved({ ppid, pid, sid }: GraftRecord, root: GraftRecord): boolean {
  return ppid === root.pid && sid !== root.sid && sid !== pid;
}
