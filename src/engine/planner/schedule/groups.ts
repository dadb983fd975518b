/**
 * Groups of an image: their numbers, owners, sessions and members.
 *
 * In: the tree. Out: one row a process group with a number other than 0, in ascending order of the numbers. The owner
 * is the process with that number, if it is present. Groups that are sessions exist by the leader's setsid; so do the
 * group that the root started in and that of its session's leader, where these came from outside with a number.
 * Cost: O(n + g log g).
 */

import { NumberTable } from '../../tree/number-table.ts';
import type { OutsideNumbers } from '../../tree/outside.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';
import { bytes, int32s, int32sOf } from '../../tree/scratch.ts';
import { PairList, type Rows } from '../adjacency.ts';

export interface Groups {
  readonly count: number;
  readonly number: Int32Array;
  /** Process with the group's number, −1 if it is dead. */
  readonly owner: Int32Array;
  /** 1: there when everybody is born, without any setpgid. */
  readonly existsAtBirth: Uint8Array;
  /** Members that are not session leaders, in index order, by group. */
  readonly members: Rows;
  /** Group of a process, −1 for a group from outside without a number. */
  readonly of: Int32Array;
  /** Number of the group that members of a session are born into. */
  birthGroup(sid: number): number;
}

export function groupsOf(tree: ProcessTree, outside: OutsideNumbers): Groups {
  const { size, pid, pgid, sid } = tree;
  const known = new NumberTable(64);
  const found: number[] = [];
  for (let i = 0; i < size; i++) {
    const g = pgid[i]!;
    if (g === 0 || known.has(g)) continue;
    known.set(g, 0);
    found.push(g);
  }
  const number = int32sOf(found).sort();
  for (let g = 0; g < number.length; g++) known.set(number[g]!, g);

  const owner = int32s(number.length);
  const existsAtBirth = bytes(number.length);
  for (let g = 0; g < number.length; g++) owner[g] = tree.indexOf(number[g]!);
  const of = int32s(size, -1);
  const members = new PairList(size + 1);
  for (let i = 0; i < size; i++) {
    const g = known.get(pgid[i]!);
    if (g < 0) continue;
    of[i] = g;
    if (pgid[i] === sid[i] || pgid[i] === outside.pgid) existsAtBirth[g] = 1;
    if (pid[i] !== sid[i]) members.push(g, i);
  }
  return {
    count: number.length,
    number,
    owner,
    existsAtBirth,
    members: members.rows(number.length),
    of,
    birthGroup: (session) => (session === outside.sid ? outside.pgid : session),
  };
}
