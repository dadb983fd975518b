/**
 * How many sessions and groups a tree has, and how many of their leaders are dead.
 *
 * In: a tree. Out: counts by the numbers on level 0; whoever leads from outside the image is not dead.
 * Most processes have the numbers of their parent, and in most the group is that of the session, so that what they are
 * in is looked up once for both or not at all. Cost: O(n), a byte a process.
 */

import { NumberTable } from '../tree/number-table.ts';
import { outsideNumbers } from '../tree/outside.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { bytes } from '../tree/scratch.ts';

export interface NumberCounts {
  readonly sessions: number;
  readonly groups: number;
  /** Numbers of dead session and group leaders, each once. */
  readonly dead: number;
}

/** Bits of what a number is seen as. */
const SESSION = 1;
const GROUP = 2;

export function countNumbers(tree: ProcessTree): NumberCounts {
  const { size, parent, pid, sid, pgid, indexOf } = tree;
  const led = bytes(size);
  const leaderless = new NumberTable(16);
  let sessions = 0;
  let groups = 0;
  const see = (i: number, number: number, as: number): void => {
    const leader = number === pid[i] ? i : indexOf(number);
    const before = leader >= 0 ? led[leader]! : Math.max(0, leaderless.get(number));
    const fresh = as & ~before;
    if (fresh === 0) return;
    if (leader >= 0) led[leader] = before | as;
    else leaderless.set(number, before | as);
    if (fresh & SESSION) sessions++;
    if (fresh & GROUP) groups++;
  };
  for (let i = 0; i < size; i++) {
    const p = parent[i]!;
    const s = sid[i]!;
    const g = pgid[i]!;
    if (p !== OUTSIDE && sid[p] === s && pgid[p] === g) continue;
    if (s === g) see(i, s, SESSION | GROUP);
    else {
      see(i, s, SESSION);
      see(i, g, GROUP);
    }
  }
  return { sessions, groups, dead: leaderless.size - ledOutside(tree, leaderless) };
}

/** How many of the numbers without a leader in the image are seen only as what somebody outside leads. */
function ledOutside(tree: ProcessTree, leaderless: NumberTable): number {
  const outside = outsideNumbers(tree);
  let count = 0;
  for (const number of new Set([0, outside.sid, outside.pgid])) {
    const seen = leaderless.get(number);
    if (seen < 0) continue;
    const sessionOutside = number === 0 || number === outside.sid ? SESSION : 0;
    const groupOutside = number === 0 || number === outside.pgid ? GROUP : 0;
    if ((seen & ~(sessionOutside | groupOutside)) === 0) count++;
  }
  return count;
}
