/**
 * How Virtuozzo's CRIU plans sessions and groups of one pid namespace before it forks anybody.
 *
 * In: a task tree with children in file order, which gets helpers. Out: as for mainline (plan-ids.ts). Four steps:
 *   1 dead leaders of sessions become helpers below the init, dead leaders of groups below the first member met;
 *   2 every task's nearest subreaper above it is noted;
 *   3 a branch that fell to the init goes below a helper of its session's leader; then the same for each subreaper, the
 *     one found last first, where it is the nearest one of that leader;
 *   4 a walk from the root judges whether every session can be inherited. What has left the tree by then is not seen.
 * Cost: O(tasks · depth) for each subreaper, as the original's. Facts: restorers.md, 2.1 to 2.3, 2.6.
 */

import { NONE } from '../../tree/child-lists.ts';
import { int32s } from '../../tree/scratch.ts';
import { markWay, type PlannedIds } from './plan-ids.ts';
import { DEAD, HELPER, type Refused, type TaskTree } from './task-tree.ts';

export function planVirtuozzo(tasks: TaskTree): PlannedIds | Refused {
  const groupLeader = placeDeadLeaders(tasks);
  const subreaper = nearestSubreapers(tasks);
  moveBranches(
    tasks,
    tasks.root,
    subreaper,
    (leader) => subreaper.of[leader] === NONE && !subreaper.is(leader),
  );
  for (const at of subreaper.found.toReversed()) {
    moveBranches(tasks, at, subreaper, (leader) => subreaper.of[leader] === at && !subreaper.is(leader));
  }
  const bornSid = int32s(tasks.number.length, NONE);
  return judge(tasks, bornSid, groupLeader) ?? { bornSid, groupLeader };
}

/** Step 1. */
function placeDeadLeaders(tasks: TaskTree): Int32Array {
  const { root, number, sid, pgid, kind } = tasks;
  const groupLeader = int32s(number.length, NONE);
  for (const node of tasks.order()) {
    if (sid[node] === number[node]) continue;
    const leader = tasks.find(sid[node]!);
    if (kind[leader] === DEAD) {
      tasks.addHelper(leader, sid[node]!, sid[node]!);
      tasks.hangBehind(leader, root);
    }
    const group = pgid[node]!;
    if (group === 0 || group === number[node]) continue;
    const groupNode = tasks.find(group);
    if (kind[groupNode] === DEAD) {
      tasks.addHelper(groupNode, sid[node]!, group);
      tasks.hangBehind(groupNode, node);
    }
    groupLeader[node] = groupNode;
  }
  return groupLeader;
}

interface Subreapers {
  /** Nearest subreaper above a node, NONE where only the init is. */
  readonly of: Int32Array;
  /** In the order of the walk; the init is none. */
  readonly found: readonly number[];
  readonly is: (node: number) => boolean;
}

/** Step 2. */
function nearestSubreapers(tasks: TaskTree): Subreapers {
  const { root, parent, row, records } = tasks;
  const is = (node: number): boolean =>
    node !== root && row[node] !== NONE && records.subreaper[row[node]!] === 1;
  const of = int32s(tasks.number.length, NONE);
  const found: number[] = [];
  for (const node of tasks.order()) {
    const above = parent[node]!;
    if (above !== NONE) of[node] = is(above) ? above : of[above]!;
    if (is(node)) found.push(node);
  }
  return { of, found, is };
}

/** Step 3, for one reaper: branches below it whose session nobody above them can bear. */
function moveBranches(
  tasks: TaskTree,
  reaper: number,
  subreaper: Subreapers,
  mayBear: (leader: number) => boolean,
): void {
  const { number, sid, firstChild } = tasks;
  /** Helpers of this walk by session; they are hung below their leaders when it is over. */
  const helpers = new Map<number, { readonly helper: number; readonly leader: number }>();
  for (let node = firstChild[reaper]!; node !== NONE; ) {
    if (sid[node] === number[node]) {
      node = firstChild[node] !== NONE ? firstChild[node]! : tasks.afterAllOf(node, reaper);
      continue;
    }
    const leader = tasks.find(sid[node]!);
    const known = helpers.get(sid[node]!);
    if (canInherit(tasks, node) || (!known && !mayBear(leader))) {
      node = tasks.afterAllOf(node, reaper);
      continue;
    }
    const branch = branchOf(tasks, node, reaper);
    const next = tasks.afterAllOf(branch, reaper);
    const { helper } = known ?? { helper: tasks.addHelper(NONE, sid[node]!, sid[node]!) };
    if (!known) helpers.set(sid[node]!, { helper, leader });
    tasks.takeOut(branch);
    tasks.hangBehind(branch, helper);
    node = next;
  }
  for (const { helper, leader } of helpers.values()) {
    tasks.hangBehind(helper, leader);
    subreaper.of[helper] = subreaper.is(leader) ? leader : subreaper.of[leader]!;
  }
}

/** Could the node have inherited its session from above, leaders having borne it before their setsid? */
function canInherit({ number, sid, parent }: TaskTree, node: number): boolean {
  for (let above = parent[node]!; above !== NONE; above = parent[above]!) {
    if (sid[above] === sid[node]) return true;
    if (sid[above] !== number[above]) return false;
  }
  return false;
}

function branchOf({ parent }: TaskTree, node: number, reaper: number): number {
  let at = node;
  while (parent[at] !== reaper) at = parent[at]!;
  return at;
}

/** Step 4. */
function judge(tasks: TaskTree, bornSid: Int32Array, groupLeader: Int32Array): Refused | null {
  const { number, sid, kind } = tasks;
  for (const node of tasks.order()) {
    const session = sid[node]!;
    if (kind[node] !== HELPER && groupLeader[node] !== NONE && kind[groupLeader[node]!] === DEAD) {
      return { message: `Can't find a group leader for ${session}`, pids: [number[node]!] };
    }
    if (node === tasks.root || session === number[node]) continue;
    const hasSession = (above: number) => sid[above] === session;
    const refused = markWay(tasks, bornSid, node, hasSession, (above) => sid[above] === number[above]);
    if (refused) return refused;
  }
  return null;
}
