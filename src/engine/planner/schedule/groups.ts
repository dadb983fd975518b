/**
 * Groups of an image: their numbers, owners, sessions and members.
 *
 * In: the tree. Out: one row a process group with a number other than 0, in ascending order of the numbers. The owner
 * is the process with that number, if it is present. Groups that are sessions exist by the leader's setsid; so do the
 * group that the root started in and that of its session's leader, where these came from outside with a number.
 * In one namespace most processes stay in the group that they are born into, and only who does not, or owns a group that
 * others are in, has to be listed; over several nobody's group at birth is known from the image alone.
 * Cost: O(n).
 */

import { PairList, type Rows } from '../../tree/adjacency.ts';
import type { OutsideNumbers } from '../../tree/outside.ts';
import { ownersByNumber } from '../../tree/owners-by-number.ts';
import { ascending } from '../../tree/pid-index.ts';
import type { ProcessTree } from '../../tree/process-tree.ts';
import { bytes, int32s } from '../../tree/scratch.ts';

export interface Groups {
  readonly count: number;
  readonly number: Int32Array;
  /** Process with the group's number, −1 if it is dead. */
  readonly owner: Int32Array;
  /** 1: there when everybody is born, without any setpgid. */
  readonly existsAtBirth: Uint8Array;
  /** Members that are listed and not session leaders, in index order, by group. */
  readonly members: Rows;
  /** Group of a process that is listed; −1 for others, and for a group from outside without a number. */
  readonly of: Int32Array;
  /** Number of the group that members of a session are born into. */
  birthGroup(sid: number): number;
}

/** Of everybody. */
export function groupsOf(tree: ProcessTree, outside: OutsideNumbers): Groups {
  return groupsIn(tree, outside, tree.pgid);
}

/** In one pid namespace: of those who come into a group, and of those who leave one to others. */
export function groupsThatMove(tree: ProcessTree, outside: OutsideNumbers): Groups {
  const { size, pgid, sid, indexOf } = tree;
  const groupOf = int32s(size);
  for (let i = 0; i < size; i++) {
    const g = pgid[i]!;
    if (g === birthGroup(sid[i]!, outside)) continue;
    groupOf[i] = g;
    const owner = indexOf(g);
    if (owner >= 0) groupOf[owner] = pgid[owner]!;
  }
  return groupsIn(tree, outside, groupOf);
}

/** Number of the group that members of a session are born into. */
function birthGroup(session: number, outside: OutsideNumbers): number {
  return session === outside.sid ? outside.pgid : session;
}

/** @param groupOf number of a process's group, 0 where it need not be listed */
function groupsIn(tree: ProcessTree, outside: OutsideNumbers, groupOf: Int32Array): Groups {
  const { size, pid, pgid, sid } = tree;
  const rows = ownersByNumber(tree, groupOf);
  const count = rows.number.length - 1;
  // Row 0 has the smallest number and comes first.
  const order = ascending(rows.number, count + 1).subarray(1);
  const place = int32s(count + 1, -1);
  const number = int32s(count);
  const owner = int32s(count);
  for (let g = 0; g < count; g++) {
    place[order[g]!] = g;
    number[g] = rows.number[order[g]!]!;
    owner[g] = rows.process[order[g]!]!;
  }
  const existsAtBirth = bytes(count);
  const of = int32s(size);
  const members = new PairList(size + 1);
  for (let i = 0; i < size; i++) {
    const g = place[rows.of[i]!]!;
    of[i] = g;
    if (g < 0) continue;
    if (pgid[i] === sid[i] || pgid[i] === outside.pgid) existsAtBirth[g] = 1;
    if (pid[i] !== sid[i]) members.push(g, i);
  }
  return {
    count,
    number,
    owner,
    existsAtBirth,
    members: members.rows(count),
    of,
    birthGroup: (session) => birthGroup(session, outside),
  };
}
