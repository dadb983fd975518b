/**
 * How CRIU builds what it has planned, carried out on the simulated kernel.
 *
 * In: the task tree with its plan, a kernel that has only the root. Out: null and the kernel at the end, or how it ends
 * before. In CRIU's order:
 *   1 every task forks whom it must bear in its old session, calls setsid, forks the others;
 *   2 then it takes its group: leaders make theirs, members wait for their leader, where they are not there already;
 *   3 helpers and zombies exit; helpers are reaped. No flag is set yet: all orphans fall to the namespace's init;
 *   4 the subreaper flags of the image are set.
 * Tasks run side by side in CRIU; what comes out depends on the order among them in one case only, which is told
 * (waitedFor). Cost: O(nodes).
 * Facts: restorers.md, 1.5, 1.6, 1.8 (read; outcomes measured).
 */

import type { Kernel } from '../../kernel/kernel.ts';
import { StepList } from '../../plan/step-list.ts';
import { NONE } from '../../tree/child-lists.ts';
import { ZOMBIE } from '../../tree/process-columns.ts';
import { bytes, int32s } from '../../tree/scratch.ts';
import type { Prediction } from '../prediction.ts';
import type { PlannedIds } from './plan-ids.ts';
import type { CriuRules } from './release.ts';
import { HELPER, type TaskTree } from './task-tree.ts';

export function restoreTasks(
  tasks: TaskTree,
  plan: PlannedIds,
  kernel: Kernel,
  rules: CriuRules,
): Prediction | null {
  const lost = unreachable(tasks);
  if (lost.length > 0) return { outcome: rules.waits ? 'hangs' : 'unsound', message: null, pids: lost };
  return (
    forkAll(tasks, plan.bornSid, kernel, rules) ??
    takeGroups(tasks, plan.groupLeader, kernel, rules) ??
    endHelpers(tasks, kernel, rules) ??
    setFlags(tasks, kernel)
  );
}

/**
 * Zombies, and helpers, below a zombie or a helper: they fall to the root, which waits for them before it goes on. It
 * looks again only when a task reports; whoever falls to it after the last report is not seen, and the restore hangs. It
 * does so now and then: measured with 4.2.1, once in 3 to 20 restores; 4.3 goes about it in the same way.
 */
export function waitedFor(tasks: TaskTree): number[] {
  const { root, number, kind, row, parent, records } = tasks;
  const exits = (node: number): boolean =>
    kind[node] === HELPER || (row[node]! !== NONE && records.state[row[node]!] === ZOMBIE);
  const found: number[] = [];
  for (let node = root; node !== NONE; node = tasks.after(node)) {
    if (node !== root && exits(node) && exits(parent[node]!)) found.push(number[node]!);
  }
  return found;
}

/** Tasks that hang from each other in a ring: nobody forks them, and the others wait for them. */
function unreachable(tasks: TaskTree): number[] {
  const reached = bytes(tasks.count);
  for (let node = tasks.root; node !== NONE; node = tasks.after(node)) reached[node] = 1;
  const lost: number[] = [];
  for (let node = 0; node < tasks.count; node++) {
    if (tasks.row[node] !== NONE && !reached[node]) lost.push(tasks.number[node]!);
  }
  return lost;
}

const BEFORE = 0;
const AFTER = 1;

/** Stage 1. The births of a task's subtree follow its own birth at once. */
function forkAll(
  tasks: TaskTree,
  bornSid: Int32Array,
  kernel: Kernel,
  { flags }: CriuRules,
): Prediction | null {
  const { root, number, sid, parent, firstChild, nextSibling, row, records } = tasks;
  const steps = new StepList(Math.max(16, tasks.count * 3));
  /** Session that a task is in, as far as the births have come. */
  const session = int32s(tasks.count);
  const phase = bytes(tasks.count);
  const next = firstChild.slice(0, tasks.count);
  const beforeSetsid = (child: number): boolean => {
    const wanted = bornSid[child] === NONE ? sid[child]! : bornSid[child]!;
    return bornSid[parent[child]!] === wanted;
  };
  const enterSession = (node: number): Prediction | null => {
    if (sid[node] === number[node]) {
      steps.setsid(number[node]!);
      session[node] = number[node]!;
      return null;
    }
    if (session[node] === sid[node] || node === root) return null;
    return {
      outcome: 'refuses',
      message: `Requested sid ${sid[node]} doesn't match inherited ${session[node]}`,
      pids: [number[node]!],
    };
  };

  session[root] = sid[root]!;
  if (sid[root] === number[root]) steps.setsid(number[root]!);
  for (let node = root; node !== NONE; ) {
    const child = next[node]!;
    if (child === NONE && phase[node] === AFTER) {
      node = parent[node]!;
      continue;
    }
    if (child === NONE) {
      const wrong = node === root ? null : enterSession(node);
      if (wrong) return wrong;
      phase[node] = AFTER;
      next[node] = firstChild[node]!;
      continue;
    }
    next[node] = nextSibling[child]!;
    if (beforeSetsid(child) !== (phase[node] === BEFORE)) continue;
    steps.clone3(number[node]!, number[child]!, 0);
    if (flags === 'at birth' && row[child] !== NONE && records.subreaper[row[child]!]) {
      steps.subreaper(number[child]!, 1);
    }
    session[child] = session[node]!;
    node = child;
  }
  const refusal = kernel.run(steps);
  if (!refusal) return null;
  const pid = steps.object[refusal.step]! || steps.actor[refusal.step]!;
  return { outcome: 'refuses', message: `Can't fork for ${pid}: File exists`, pids: [pid] };
}

/** Stage 2. */
function takeGroups(
  tasks: TaskTree,
  groupLeader: Int32Array,
  kernel: Kernel,
  rules: CriuRules,
): Prediction | null {
  const { number, pgid } = tasks;
  const { group, number: numberOf } = kernel.state.processes;
  const current = (node: number): number => numberOf[group[kernel.state.find(number[node]!)]!]!;
  const moved = (node: number): boolean => pgid[node] !== number[node];
  const all = tasks.order();
  const leave = new Set<number>();
  for (const node of all) {
    const leader = groupLeader[node]!;
    if (rules.groupLeader === 'moves on' && leader !== NONE && moved(leader)) leave.add(leader);
  }
  for (const node of all) {
    if (moved(node) && !leave.has(node)) continue;
    if (current(node) === number[node]) continue;
    if (kernel.setpgid(number[node]!, 0, 0) !== 0) return groupRefused(tasks, node, current(node));
  }
  const members = all.filter((node) => moved(node) && current(node) !== pgid[node]);
  // Those that leave their group do so when everybody else is in it.
  const order = [...members.filter((node) => !leave.has(node)), ...members.filter((node) => leave.has(node))];
  for (const node of order) {
    const leader = groupLeader[node]!;
    // A member looks for its leader's mark where a leader that is in another group keeps something else.
    if (rules.groupLeader === 'stays' && leader !== NONE && moved(leader)) {
      return { ...groupRefused(tasks, node, current(node)), outcome: 'hangs' };
    }
    if (kernel.setpgid(number[node]!, 0, pgid[node]!) !== 0) return groupRefused(tasks, node, current(node));
  }
  return null;
}

function groupRefused({ number, pgid }: TaskTree, node: number, current: number): Prediction {
  return {
    outcome: 'refuses',
    message: `Can't restore pgid (${number[node]}/${current}->${pgid[node]}): Operation not permitted`,
    pids: [number[node]!],
  };
}

/** Stage 3: children before their parents, so that each parent is still there to reap its helpers. */
function endHelpers(tasks: TaskTree, kernel: Kernel, rules: CriuRules): Prediction | null {
  const { number, kind, row, parent, records } = tasks;
  for (const node of tasks.order().reverse()) {
    const helper = kind[node] === HELPER;
    if (!helper && records.state[row[node]!] !== ZOMBIE) continue;
    const pid = number[node]!;
    const status = helper ? 0 : rules.zombieStatus(records.exitStatus[row[node]!]!);
    if (kernel.exit(pid, status) !== 0) return { outcome: 'refuses', message: null, pids: [pid] };
    if (helper) kernel.wait4(number[parent[node]!]!, pid);
  }
  return null;
}

/** Stage 4. */
function setFlags(tasks: TaskTree, kernel: Kernel): null {
  const { pid, subreaper, state, count } = tasks.records;
  for (let row = 0; row < count; row++) {
    if (subreaper[row] && state[row] !== ZOMBIE) kernel.setSubreaper(pid[row]!, true);
  }
  return null;
}
