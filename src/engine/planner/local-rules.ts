/**
 * Local rules (theory, V1 to V7, and what follows directly from the kernel rules on numbers and exits).
 *
 * In: a tree in one pid namespace and the numbers that stand for "outside". Out: the rules that it breaks, each with
 * the processes and the facts that break it; empty if none. All are necessary: a tree that breaks one is unreachable.
 * Cost: O(n). Kernel rules: H4 (V1), G12 (N2), G33 (N7), D14 and D16 (N8), E5 (V3, V4), F7 (V5), F20 (V6, V7), D8 (T1), section 8 (X1).
 */

import type { Fact } from '../answer-types/conflict.ts';
import { NumberTable } from '../tree/number-table.ts';
import type { OutsideNumbers } from '../tree/outside.ts';
import { ZOMBIE } from '../tree/process-columns.ts';
import { hasLivingThreads, OUTSIDE, type ProcessTree, parentPid, rootIsInit } from '../tree/process-tree.ts';
import { bytes, int32s, withScratch } from '../tree/scratch.ts';
import type { BrokenRule, Report } from './broken-rule.ts';
import { checkSharing } from './sharing-rules.ts';

/** Rules listed at most: a large image breaks a rule a million times for one reason. */
const LISTED = 20;

export function brokenRules(tree: ProcessTree, outside: OutsideNumbers): BrokenRule[] {
  const broken: BrokenRule[] = [];
  let fewest = Number.POSITIVE_INFINITY;
  const report = (rule: BrokenRule['rule'], facts: Fact[], text: string): void => {
    const concerned = new Set(facts.map((f) => f.pid)).size;
    if (concerned < fewest) {
      fewest = concerned;
      broken.unshift({ rule, facts, text });
      if (broken.length > LISTED) broken.pop();
    } else if (broken.length < LISTED) broken.push({ rule, facts, text });
  };
  withScratch(() => {
    checkZombieInit(tree, report);
    checkInitNumber(tree, report);
    checkProcesses(tree, outside, report);
    if (broken.length > 0 || !areGroupsSound(tree)) checkGroups(tree, outside, report);
    checkThreads(tree, report);
    if (tree.sharing) checkSharing(tree, tree.sharing, report);
  });
  return broken;
}

function fact(tree: ProcessTree, i: number, field: 'ppid' | 'sid' | 'pgid' | 'state'): Fact {
  const value = field === 'ppid' ? parentPid(tree, i) : field === 'state' ? 'zombie' : tree[field][i]!;
  return { pid: tree.pid[i]!, field, value };
}

/** The exit of an init kills everybody in its namespace, and does not finish while it sits in a foreign group of it. */
function checkZombieInit(tree: ProcessTree, report: Report): void {
  const { size, pid, pgid, state } = tree;
  if (!rootIsInit(tree) || state[0] !== ZOMBIE) return;
  if (size > 1) {
    report(
      'N2',
      [fact(tree, 0, 'state'), fact(tree, 1, 'ppid')],
      `${pid[0]}, the init, has exited, which killed everybody in its namespace, but ${pid[1]} is there.`,
    );
  }
  if (pgid[0] !== 0 && pgid[0] !== pid[0]) {
    report(
      'N7',
      [fact(tree, 0, 'state'), fact(tree, 0, 'pgid')],
      `${pid[0]}, the init, sits in group ${pgid[0]} of its own namespace, so its exit would never have finished.`,
    );
  }
}

/** The number of a pid namespace's init. */
const INIT_NUMBER = 1;

/** Number 1 of level 0 is that of its init, the root or somebody outside, and nobody else's while it lives. */
function checkInitNumber(tree: ProcessTree, report: Report): void {
  const { pid, threadOffset, threadId } = tree;
  const root: Fact = { pid: pid[0]!, field: 'nspid', value: pid[0]! };
  const i = tree.indexOf(INIT_NUMBER);
  if (i > 0) {
    report(
      'N8',
      [{ pid: INIT_NUMBER, field: 'nspid', value: INIT_NUMBER }, root],
      `The first process of a pid namespace has number 1 until the namespace ends, but 1 is in the tree below ${pid[0]}.`,
    );
  }
  const at = threadId.indexOf(INIT_NUMBER);
  if (at < 0) return;
  let owner = 0;
  while (threadOffset[owner + 1]! <= at) owner++;
  report(
    'N8',
    [{ pid: pid[owner]!, field: 'threads', value: INIT_NUMBER }, root],
    `The first process of a pid namespace has number 1 until the namespace ends, but 1 is a thread of ${pid[owner]}.`,
  );
}

/** 1: the root is above it by birth, as every parent is that no init is. */
function belowRoot({ size, parent, namespace, namespaces }: ProcessTree): Uint8Array {
  const below = bytes(size);
  below[0] = 1;
  for (let i = 1; i < size; i++) {
    const p = parent[i]!;
    if (p !== OUTSIDE && namespaces[namespace[p]!]!.init !== p) below[i] = below[p]!;
  }
  return below;
}

function checkProcesses(tree: ProcessTree, outside: OutsideNumbers, report: Report): void {
  const { size, pid, parent, pgid, sid, state, exitStatus } = tree;
  if (sid[0] !== outside.sid && sid[0] !== 0 && sid[0] !== pid[0]) {
    const leader = rootIsInit(tree) ? -1 : tree.indexOf(sid[0]!);
    report(
      'V2',
      leader < 0 ? [fact(tree, 0, 'sid')] : [fact(tree, 0, 'sid'), fact(tree, leader, 'sid')],
      `${pid[0]} is the root, so it leads its session or is in one from outside, but it has session ${sid[0]}.`,
    );
  }
  /** The process with the number of a process's session, −1 where there is none; most are in the session of their parent. */
  const leaderOf = int32s(size);
  const isBelowRoot = outside.sid === 0 ? null : belowRoot(tree);
  for (let i = 0; i < size; i++) {
    if (isBelowRoot?.[i] && sid[i] === 0) {
      report(
        'V2',
        [fact(tree, 0, 'sid'), fact(tree, i, 'sid')],
        `${pid[0]} came with session ${outside.sid} from outside, so nobody can have another one from outside, but ${pid[i]} has session 0.`,
      );
    }
    if (isBelowRoot?.[i] && outside.sid > 1 && sid[i] === 1) {
      report(
        'V2',
        [fact(tree, 0, 'sid'), fact(tree, i, 'sid')],
        `${pid[0]} came with session ${outside.sid} from outside, so nobody can have the session of the init outside, but ${pid[i]} has session 1.`,
      );
    }
    const p = parent[i]!;
    if (p !== OUTSIDE && state[p] === ZOMBIE && !hasLivingThreads(tree, p)) {
      report(
        'V1',
        [fact(tree, i, 'ppid'), fact(tree, p, 'state')],
        `${pid[p]} is a zombie, and a zombie has no children: they left when it exited; but ${pid[i]} is its child.`,
      );
    }
    const inSessionOfParent = p !== OUTSIDE && sid[p] === sid[i];
    const leader = sid[i] === pid[i] ? i : inSessionOfParent ? leaderOf[p]! : tree.indexOf(sid[i]!);
    leaderOf[i] = leader;
    if (leader >= 0 && sid[leader] !== pid[leader]) {
      report(
        'V3',
        [fact(tree, i, 'sid'), fact(tree, leader, 'sid')],
        `${pid[i]} has session ${sid[i]}, but ${pid[leader]} leads no session: it has session ${sid[leader]}.`,
      );
    }
    if (leader === i && pgid[i] !== pid[i]) {
      report(
        'V4',
        [fact(tree, i, 'sid'), fact(tree, i, 'pgid')],
        `${pid[i]} leads a session, so it stays in its own group for ever, but it has group ${pgid[i]}.`,
      );
    }
    if (pgid[i] === 0 && sid[i] !== 0) {
      report(
        'V6',
        [fact(tree, i, 'pgid'), fact(tree, i, 'sid')],
        `${pid[i]} has a group from outside, so its session is from outside too, but it has session ${sid[i]}.`,
      );
    }
    if (state[i] === ZOMBIE && !isExitStatus(exitStatus[i]!)) {
      report(
        'X1',
        [{ pid: pid[i]!, field: 'exitStatus', value: exitStatus[i]! }],
        `No exit leaves the wait status ${exitStatus[i]} that ${pid[i]} has.`,
      );
    }
  }
}

/**
 * Where sessions break no rule: do groups certainly break none? Whoever is in the group of its session needs no second look,
 * and an owner speaks for its group. False: perhaps not.
 */
function areGroupsSound({ size, pgid, sid, indexOf }: ProcessTree): boolean {
  let sessionOf: NumberTable | null = null;
  for (let i = 0; i < size; i++) {
    const g = pgid[i]!;
    const s = sid[i]!;
    if (g === 0 || g === s) continue;
    const owner = indexOf(g);
    if (owner >= 0) {
      if (sid[owner] !== s || pgid[owner] === 0) return false;
      continue;
    }
    sessionOf ??= new NumberTable(64);
    const known = sessionOf.get(g);
    if (g === 1 || (known >= 0 && known !== s)) return false;
    if (known < 0) sessionOf.set(g, s);
  }
  for (let i = 0; sessionOf !== null && i < size; i++) if (sessionOf.has(sid[i]!)) return false;
  return true;
}

function checkGroups(tree: ProcessTree, outside: OutsideNumbers, report: Report): void {
  const { size, pid, pgid, sid } = tree;
  const firstMember = new NumberTable(64);
  const sessionMember = new NumberTable(64);
  for (let i = 0; i < size; i++) {
    if (!sessionMember.has(sid[i]!)) sessionMember.set(sid[i]!, i);
  }
  for (let i = 0; i < size; i++) {
    const g = pgid[i]!;
    if (g === 0) continue;
    const first = firstMember.get(g);
    if (first >= 0) {
      if (sid[first] !== sid[i]) {
        report(
          'V5',
          [fact(tree, first, 'pgid'), fact(tree, first, 'sid'), fact(tree, i, 'pgid'), fact(tree, i, 'sid')],
          `A group lies in one session, but ${pid[first]} and ${pid[i]} are in group ${g} with sessions ${sid[first]} and ${sid[i]}.`,
        );
      }
      continue;
    }
    firstMember.set(g, i);
    const owner = tree.indexOf(g);
    if (owner >= 0 && sid[owner] !== sid[i]) {
      report(
        'V5',
        [fact(tree, i, 'pgid'), fact(tree, i, 'sid'), fact(tree, owner, 'sid')],
        `${pid[i]} is in group ${g}, so ${g} is in its session ${sid[i]}, but it has session ${sid[owner]}.`,
      );
    }
    const inSession = g === sid[i] ? i : sessionMember.get(g);
    if (inSession >= 0 && sid[i] !== g && !(sid[i] === outside.sid && g === outside.pgid)) {
      report(
        'V5',
        [fact(tree, i, 'pgid'), fact(tree, i, 'sid'), fact(tree, inSession, 'sid')],
        `${g} is a session, so everybody in group ${g} has session ${g}, but ${pid[i]} has session ${sid[i]}.`,
      );
    }
    if (g === 1 && sid[i]! > 1 && owner < 0 && !rootIsInit(tree)) {
      report(
        'V5',
        [fact(tree, i, 'pgid'), fact(tree, i, 'sid')],
        `Group 1 is in the session of the init outside, 0 or 1, but ${pid[i]} in group 1 has session ${sid[i]}.`,
      );
    }
    if (owner >= 0 && pgid[owner] === 0 && owner !== i && !canBeMovedBack(tree, owner)) {
      report(
        'V7',
        [fact(tree, i, 'pgid'), fact(tree, owner, 'pgid')],
        `${pid[owner]} has left its group from outside to make group ${g}, and nothing leads back, but it has group 0.`,
      );
    }
  }
}

/**
 * Was process i put into level 0 from outside, in the session of whoever did that? Then that one, its parent, may have
 * moved it into the group from outside (F24).
 */
export function canBeMovedBack(tree: ProcessTree, i: number): boolean {
  return i > 0 && tree.parent[i] === OUTSIDE && tree.sid[i] === 0;
}

/** A number of a live thread cannot be a session or group: both would need the number at once. */
function checkThreads(tree: ProcessTree, report: Report): void {
  const { size, pid, pgid, sid, threadOffset, threadId } = tree;
  if (threadId.length === 0) return;
  const owner = new NumberTable(threadId.length);
  for (let i = 0; i < size; i++) {
    for (let t = threadOffset[i]!; t < threadOffset[i + 1]!; t++) owner.set(threadId[t]!, i);
  }
  for (let i = 0; i < size; i++) {
    for (const field of ['sid', 'pgid'] as const) {
      const number = field === 'sid' ? sid[i]! : pgid[i]!;
      const process = owner.get(number);
      if (number === 0 || process < 0) continue;
      report(
        'T1',
        [fact(tree, i, field), { pid: pid[process]!, field: 'threads', value: number }],
        `${number} is a thread of ${pid[process]}, so it cannot be the ${field === 'sid' ? 'session' : 'group'} of ${pid[i]}.`,
      );
    }
  }
}

const SIGNALS = 64;
/** SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH: their default action kills nobody. */
const HARMLESS = new Set([17, 18, 19, 20, 21, 22, 23, 28]);

/** Can a process end with this raw wait status? By a code in bits 8 to 15, or by a signal in bits 0 to 6. */
function isExitStatus(status: number): boolean {
  if (status < 0 || status > 0xffff) return false;
  const signal = status & 0x7f;
  if (signal === 0) return (status & 0x80) === 0;
  return status >> 8 === 0 && signal <= SIGNALS && !HARMLESS.has(signal);
}
