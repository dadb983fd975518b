/**
 * Kernel state: the tables of a run and the moves that more than one call makes.
 *
 * Invariant: a row's numbers are in use while it is not reaped or while anybody is in the session or group that
 * carries them (D4–D7). `used` of each namespace counts exactly these rows, its own and those below.
 * Every move is O(1), or O(levels) below level 0.
 */

import { SIGCHLD, SIGHAND } from '../tree/sharing-columns.ts';
import type { Errno } from './errno.ts';
import { FlaggedAncestors } from './flagged-ancestor.ts';
import { NamespaceTable, OUTER } from './namespace-table.ts';
import { NumberTable } from './number-table.ts';
import {
  HANGING,
  IGNORES_SIGCHLD,
  OUTSIDE,
  PARENT_EXECED,
  ProcessTable,
  REAPED,
  RESTORER,
  ROOT,
  RUNNING,
  SUBREAPER,
  ZOMBIE,
} from './process-table.ts';
import { SharingTable } from './sharing-table.ts';

/** Thread ids of the image besides the pids: `pid[i]` has `id[offset[i] .. offset[i + 1]]`, all in level 0. */
export interface ThreadIds {
  readonly pid: Int32Array;
  readonly offset: Int32Array;
  readonly id: Int32Array;
}

export class KernelState {
  readonly processes: ProcessTable;
  readonly numbers: NumberTable;
  readonly namespaces = new NamespaceTable();
  readonly ancestors: FlaggedAncestors;
  /** Numbers end below this one, in every namespace. */
  readonly pidMax: number;
  readonly threads: ThreadIds | null;
  /** Null until somebody shares something or takes a terminal. */
  sharing: SharingTable | null = null;
  /** Terminal of the session outside, in which the root starts. */
  outsideTerminal = 0;
  /** Why the last call was refused, in words. */
  reason = '';
  private readonly threadOwners = new NumberTable();

  constructor(capacity: number, pidMax: number, threads: ThreadIds | null) {
    this.processes = new ProcessTable(capacity);
    this.numbers = new NumberTable(capacity);
    this.ancestors = new FlaggedAncestors(this.processes.capacity);
    this.pidMax = pidMax;
    this.threads = threads && threads.id.length > 0 ? threads : null;
    for (let i = 0; this.threads && i < this.threads.pid.length; i++) {
      if (this.threads.offset[i + 1]! > this.threads.offset[i]!) {
        this.threadOwners.setOutermost(this.threads.pid[i]!, i + 1);
      }
    }
  }

  refuse(errno: Errno, reason: string): Errno {
    this.reason = reason;
    return errno;
  }

  reserve(rows: number): void {
    this.processes.reserve(rows);
    this.ancestors.reserve(this.processes.capacity);
    this.sharing?.reserve(this.processes.capacity);
  }

  withSharing(): SharingTable {
    this.sharing ??= new SharingTable(this.processes, this.outsideTerminal);
    return this.sharing;
  }

  /** The row of a level-0 pid, alive or zombie; 0 where there is none. Pid 0 is the restorer. */
  find(pid: number): number {
    if (pid === 0) return RESTORER;
    const row = this.numbers.outermost(pid);
    return row >= ROOT && this.processes.state[row] !== REAPED ? row : 0;
  }

  isInit(row: number): boolean {
    return this.namespaces.init[this.processes.namespace[row]!] === row;
  }

  /** Is the number behind an entry of the number table still in use? */
  inUse(entry: number): boolean {
    const { state, sessionMembers, groupMembers } = this.processes;
    if (entry < 0) return state[-entry] === RUNNING;
    if (entry === 0) return false;
    return state[entry] !== REAPED || sessionMembers[entry]! > 0 || groupMembers[entry]! > 0;
  }

  /** Takes the thread ids of a new process; an id that somebody else still uses stays his. */
  takeThreads(row: number): void {
    if (this.threads === null) return;
    const owner = this.threadOwners.outermost(this.processes.number[row]!) - 1;
    if (owner < 0) return;
    const { offset, id } = this.threads;
    for (let i = offset[owner]!; i < offset[owner + 1]!; i++) {
      if (this.inUse(this.numbers.outermost(id[i]!))) continue;
      this.numbers.setOutermost(id[i]!, -row);
      this.processes.threads[row]!++;
    }
  }

  /** Counts the numbers of a new row in its namespace and all above. */
  countNumbers(namespace: number): void {
    const { used, parent } = this.namespaces;
    for (let at = namespace; at !== OUTER; at = parent[at]!) used[at]!++;
  }

  enterSession(row: number, session: number): void {
    this.processes.session[row] = session;
    this.processes.sessionMembers[session]!++;
  }

  enterGroup(row: number, group: number): void {
    this.processes.group[row] = group;
    this.processes.groupMembers[group]!++;
  }

  leaveSession(row: number): void {
    const session = this.processes.session[row]!;
    if (--this.processes.sessionMembers[session]! === 0) this.releaseIfUnused(session);
  }

  leaveGroup(row: number): void {
    const group = this.processes.group[row]!;
    if (--this.processes.groupMembers[group]! === 0) this.releaseIfUnused(group);
  }

  setSubreaper(row: number, on: boolean): void {
    const { flags, namespace } = this.processes;
    if (((flags[row]! & SUBREAPER) !== 0) === on) return;
    flags[row]! ^= SUBREAPER;
    if (this.isInit(row)) return;
    this.namespaces.flagged[namespace[row]!]! += on ? 1 : -1;
    this.ancestors.setFlag(row, on ? 1 : 0);
  }

  /** The dead adopt nobody; what the flag was stays readable. */
  retireSubreaper(row: number): void {
    const { flags, namespace } = this.processes;
    if ((flags[row]! & SUBREAPER) === 0 || this.isInit(row)) return;
    this.namespaces.flagged[namespace[row]!]!--;
    this.ancestors.setFlag(row, 0);
  }

  /** An exit finishes: a zombie, or reaped at once where nobody will wait (H2, H3). */
  becomeZombie(row: number): void {
    const { state, parent } = this.processes;
    state[row] = ZOMBIE;
    if (state[parent[row]!] === HANGING || this.isReapedUnseen(row)) this.reap(row);
  }

  /** Does its parent ignore SIGCHLD, and is that the signal that it gets? */
  isReapedUnseen(row: number): boolean {
    const { flags, parent, exitSignal } = this.processes;
    const getsSigchld = exitSignal[row] === SIGCHLD || (flags[row]! & PARENT_EXECED) !== 0;
    return getsSigchld && (flags[parent[row]!]! & IGNORES_SIGCHLD) !== 0;
  }

  /** An action of signal handlers: everybody's who has the row's. What has happened stays. */
  setIgnoresSigchld(row: number, on: boolean): void {
    const { flags, count } = this.processes;
    const set = (one: number): void => {
      flags[one] = on ? flags[one]! | IGNORES_SIGCHLD : flags[one]! & ~IGNORES_SIGCHLD;
    };
    set(row);
    const handlers = this.sharing?.held(row, SIGHAND) ?? 0;
    if (handlers === 0) return;
    for (let other = ROOT; other < count; other++) {
      if (this.sharing!.held(other, SIGHAND) === handlers) set(other);
    }
  }

  reap(row: number): void {
    this.processes.removeChild(row);
    this.leaveGroup(row);
    this.leaveSession(row);
    this.processes.state[row] = REAPED;
    this.releaseIfUnused(row);
  }

  /** Finishes the exit of a namespace's init as soon as only its own number is left inside. */
  finishExit(namespace: number): void {
    const init = this.namespaces.init[namespace]!;
    if (init <= OUTSIDE || this.processes.state[init] !== HANGING) return;
    if (this.namespaces.used[namespace] === 1) this.becomeZombie(init);
  }

  private releaseIfUnused(row: number): void {
    const { state, namespace, sessionMembers, groupMembers } = this.processes;
    if (state[row] !== REAPED || sessionMembers[row]! > 0 || groupMembers[row]! > 0) return;
    const { used, parent } = this.namespaces;
    for (let at = namespace[row]!; at !== OUTER; at = parent[at]!) {
      if (--used[at]! === 1) this.finishExit(at);
    }
  }
}
