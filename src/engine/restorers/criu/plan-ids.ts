/**
 * How CRIU plans sessions and groups before it forks anybody.
 *
 * In: a task tree, which gets helpers. Out: for each node the session that it must be born in, for each member the
 * leader of its group; or the message of the refusal. Three passes:
 *   1 children of the root whose session is neither the root's nor their own go below a helper of that session;
 *     helpers of dead leaders are kept apart until pass 3, so pass 2 does not see what hangs from them;
 *   2 a task of another session than its parent's marks everybody up to the leader as born in that session;
 *   3 dead leaders of groups become helpers below the first member met.
 * It judges neither zombies nor flags. Cost: O(nodes) but for pass 2, which is O(nodes · depth) as CRIU's is.
 * Facts: restorers.md, 1.4 (read; predictor measured on all public dumps).
 */

import { NONE } from '../../tree/child-lists.ts';
import { NumberTable } from '../../tree/number-table.ts';
import { int32s } from '../../tree/scratch.ts';
import { DEAD, HELPER, type Refused, type TaskTree } from './task-tree.ts';

export interface PlannedIds {
  /** Session that a node has to be born in, NONE where nobody asked. */
  readonly bornSid: Int32Array;
  /** Node that leads the group of a node, NONE where it leads it itself, or nobody in the image does. */
  readonly groupLeader: Int32Array;
}

/** @param ownGroup CRIU's own group as the image numbers it, 0 where the image has none of it */
export function planIds(tasks: TaskTree, ownGroup: number): PlannedIds | Refused {
  const apart = placeFallen(tasks);
  const bornSid = int32s(tasks.number.length, NONE);
  const refused = markBirths(tasks, bornSid);
  if (refused) return refused;
  // Spliced in front of the root's children, in their order.
  for (let i = apart.length - 1; i >= 0; i--) tasks.hangInFront(apart[i]!, tasks.root);
  return { bornSid, groupLeader: placeGroupLeaders(tasks, ownGroup) };
}

/** Pass 1. Returns the helpers of dead leaders. */
function placeFallen(tasks: TaskTree): number[] {
  const { root, number, sid, pgid, kind, nextSibling, firstChild } = tasks;
  const apart: number[] = [];
  /** Children of the root in foreign sessions, by session, in the order of the list. */
  const places = new NumberTable(16);
  const fallen: number[][] = [];
  for (let child = firstChild[root]!; child !== NONE; child = nextSibling[child]!) {
    if (sid[child] === sid[root] || sid[child] === number[child]) continue;
    const place = places.get(sid[child]!);
    if (place >= 0) fallen[place]!.push(child);
    else {
      places.set(sid[child]!, fallen.length);
      fallen.push([child]);
    }
  }
  for (const members of fallen) {
    const session = sid[members[0]!]!;
    const leader = tasks.find(session);
    let helper: number;
    if (kind[leader] === DEAD) {
      helper = tasks.addHelper(leader, session, session);
      tasks.parent[helper] = root;
      apart.push(helper);
    } else {
      helper = tasks.addHelper(NONE, session, pgid[leader]!);
      tasks.hangInFront(helper, leader);
    }
    for (const member of members) {
      tasks.takeOut(member);
      tasks.hangInFront(member, helper);
    }
  }
  return apart;
}

/** Pass 2. */
function markBirths(tasks: TaskTree, bornSid: Int32Array): Refused | null {
  const { root, number, sid, parent, kind } = tasks;
  for (let node = tasks.after(root); node !== NONE; node = tasks.after(node)) {
    const session = sid[node]!;
    if (kind[node] === HELPER || session === number[node] || sid[parent[node]!] === session) continue;
    const refused = markWay(tasks, bornSid, node, (above) => number[above] === session);
    if (refused) return refused;
  }
  return null;
}

/** Whoever is between a node and somebody that has its session was born in that session. */
export function markWay(
  { number, sid, parent }: TaskTree,
  bornSid: Int32Array,
  node: number,
  hasSession: (above: number) => boolean,
  mayBear: (above: number) => boolean = () => true,
): Refused | null {
  const session = sid[node]!;
  let above = parent[node]!;
  while (above !== NONE && !hasSession(above)) {
    const pid = number[above]!;
    if (!mayBear(above)) above = NONE;
    else if (bornSid[above] !== NONE && bornSid[above] !== session) {
      return {
        message: `Can't figure out which sid (${bornSid[above]} or ${session})the process ${pid} was born with`,
        pids: [number[node]!, pid],
      };
    } else {
      bornSid[above] = session;
      above = parent[above]!;
    }
  }
  if (above !== NONE) return null;
  return { message: `Can't find a session leader for ${session}`, pids: [number[node]!] };
}

/** Pass 3. */
function placeGroupLeaders(tasks: TaskTree, ownGroup: number): Int32Array {
  const { root, number, sid, pgid, kind } = tasks;
  const groupLeader = int32s(number.length, NONE);
  for (let node = root; node !== NONE; node = tasks.after(node)) {
    const group = pgid[node]!;
    if (group === 0 || group === number[node]) continue;
    const leader = tasks.find(group);
    if (kind[leader] === DEAD) {
      if (group === ownGroup) continue;
      tasks.addHelper(leader, sid[node]!, group);
      tasks.hangInFront(leader, node);
    }
    groupLeader[node] = leader;
  }
  return groupLeader;
}
