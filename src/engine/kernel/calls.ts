/**
 * System calls by pid: who makes it, on whom, and whether it is refused.
 *
 * In: level-0 numbers. Out: 0 or an errno a call, and the reason. A refused call changes nothing. The rules are those of
 * the modules beside this one; nothing here comes from the planner. Cost: that of the call.
 */

import { SIGCHLD } from '../tree/sharing-columns.ts';
import { type Boot, boot } from './boot.ts';
import { clone3 } from './clone.ts';
import { adopterOfChildren, exit, wait4 } from './death.ts';
import { setns } from './entering.ts';
import type { Answer, Errno } from './errno.ts';
import type { KernelState } from './kernel-state.ts';
import { setpgid, setsid } from './membership.ts';
import { RESTORER, RUNNING, ZOMBIE } from './process-table.ts';
import {
  type CallFlag,
  exec,
  flagsTogether,
  type NamespaceFlag,
  setnsOther,
  sharedBy,
  unshareFlags,
} from './sharing-calls.ts';
import { dropTerminal, takeTerminal } from './terminal.ts';
import { cloneThread, exitThread } from './threads.ts';

export interface CloneOptions {
  readonly parent?: boolean;
  readonly newpid?: boolean;
  /** Default: SIGCHLD, with CLONE_PARENT none. */
  readonly exitSignal?: number;
  /** What is shared with the caller, and further flags that go with it or do not. */
  readonly flags?: readonly CallFlag[];
}

export class Calls {
  /** The tables, for readers of whole columns. */
  readonly state: KernelState;
  private refused: Errno = 'ESRCH';

  constructor(settings: Boot) {
    this.state = boot(settings);
  }

  /** Why the last call was refused. */
  get reason(): string {
    return this.state.reason;
  }

  /** `setTid`: one number a level, level 0 first, as in a plan. */
  clone3(caller: number, setTid: readonly number[], options: CloneOptions = {}): Answer {
    const { parent = false, newpid = false } = options;
    const row = this.caller(caller);
    if (row === 0) return 'ESRCH';
    const exitSignal = options.exitSignal ?? (parent ? 0 : SIGCHLD);
    const depth = setTid.length - 1;
    const flags = options.flags ?? [];
    const fault = flags.length > 0 ? flagsTogether(this.state, flags) : 0;
    if (fault !== 0) return fault;
    const shared = sharedBy(flags);
    return clone3(this.state, row, setTid[0] ?? 0, setTid, 1, depth, parent, newpid, exitSignal, shared);
  }

  setsid(caller: number): Answer {
    const row = this.insider(caller);
    if (row === 0) return this.refused;
    return setsid(this.state, row);
  }

  /** `target` 0 is the caller, `group` 0 the target's own number. */
  setpgid(caller: number, target: number, group: number): Answer {
    const row = this.caller(caller);
    if (row === 0) return 'ESRCH';
    const targetRow = target === 0 ? row : this.state.find(target);
    if (targetRow === 0) return this.state.refuse('ESRCH', `there is no process ${target}`);
    if (targetRow === RESTORER) return this.notFromOutside();
    return setpgid(this.state, row, targetRow, group);
  }

  /** prctl(PR_SET_CHILD_SUBREAPER). */
  setSubreaper(caller: number, on: boolean): Answer {
    const row = this.insider(caller);
    if (row === 0) return this.refused;
    this.state.setSubreaper(row, on);
    return 0;
  }

  unshare(caller: number, flags: readonly CallFlag[] = ['CLONE_NEWPID']): Answer {
    const row = this.caller(caller);
    return row === 0 ? 'ESRCH' : unshareFlags(this.state, row, flags);
  }

  /** Into a mount, user, ipc, time, network, uts or cgroup namespace, none of which is kept: what sharing says to it. */
  setnsOther(caller: number, type: NamespaceFlag): Answer {
    const row = this.caller(caller);
    return row === 0 ? 'ESRCH' : setnsOther(this.state, row, type);
  }

  /** ioprio_set on itself: makes an I/O context. */
  ioprio(caller: number): Answer {
    const row = this.insider(caller);
    if (row === 0) return this.refused;
    this.state.withSharing().giveContext(row);
    return 0;
  }

  /** TIOCSCTTY of the terminal with this device number. */
  takeTerminal(caller: number, device: number): Answer {
    const row = this.insider(caller);
    return row === 0 ? this.refused : takeTerminal(this.state, row, device);
  }

  /** TIOCNOTTY. */
  dropTerminal(caller: number): Answer {
    const row = this.insider(caller);
    return row === 0 ? this.refused : dropTerminal(this.state, row);
  }

  /** Into the pid namespace in which `target` lives. */
  setns(caller: number, target: number): Answer {
    const row = this.caller(caller);
    if (row === 0) return 'ESRCH';
    const targetRow = this.state.find(target);
    if (targetRow === 0) return this.state.refuse('ESRCH', `there is no process ${target}`);
    return setns(this.state, row, targetRow);
  }

  /** `status` is the raw wait status. 0 also where the exit of a namespace's init is left hanging. */
  exit(caller: number, status = 0): Answer {
    const row = this.insider(caller);
    if (row === 0) return this.refused;
    return exit(this.state, row, status);
  }

  /** Reaps with __WALL unless `plain`. EAGAIN: the child is no zombie yet and the call would block. */
  wait4(caller: number, child: number, plain = false): Answer {
    const row = this.caller(caller);
    if (row === 0) return 'ESRCH';
    const childRow = this.state.find(child);
    if (childRow === 0) return this.state.refuse('ECHILD', `there is no process ${child}`);
    return wait4(this.state, row, childRow, plain);
  }

  /** clone3 with CLONE_THREAD: a thread with this number. */
  cloneThread(caller: number, tid: number): Answer {
    const row = this.insider(caller);
    return row === 0 ? this.refused : cloneThread(this.state, row, tid);
  }

  /** The end of one thread; the leader's number is the pid. With the last one the process exits. */
  exitThread(pid: number, tid: number): Answer {
    const row = this.insider(pid);
    return row === 0 ? this.refused : exitThread(this.state, row, tid);
  }

  /** execve: address space, signal handlers and files are left; the parent cannot move it to another group (P7). */
  exec(caller: number): Answer {
    const row = this.insider(caller);
    return row === 0 ? this.refused : exec(this.state, row);
  }

  /** SIGCHLD ignored: children of whoever has these handlers never become zombies (H2, H3). */
  ignoreSigchld(caller: number): Answer {
    return this.setIgnoresSigchld(caller, true);
  }

  /** SIGCHLD no longer ignored; zombies that are there stay. */
  heedSigchld(caller: number): Answer {
    return this.setIgnoresSigchld(caller, false);
  }

  /** Who would get the children of this process if it exited now; 0: somebody outside, or there is no such process. */
  adopterOf(pid: number): number {
    const row = this.state.find(pid);
    return row === 0 ? 0 : this.state.processes.number[adopterOfChildren(this.state, row)]!;
  }

  /** The row of who can make calls; 0, with the reason, where there is none. */
  protected caller(pid: number): number {
    const row = this.state.find(pid);
    if (row === 0) {
      this.state.reason = `there is no process ${pid}`;
      return 0;
    }
    const state = this.state.processes.state[row];
    if (state === RUNNING) return row;
    this.state.reason = state === ZOMBIE ? `process ${pid} is a zombie` : `process ${pid} is exiting`;
    return 0;
  }

  /** The same of whoever is in the image; 0, with the errno in `refused`, where it is not. */
  private insider(pid: number): number {
    const row = this.caller(pid);
    this.refused = row === RESTORER ? this.notFromOutside() : 'ESRCH';
    return row === RESTORER ? 0 : row;
  }

  private setIgnoresSigchld(pid: number, on: boolean): Answer {
    const row = this.insider(pid);
    if (row === 0) return this.refused;
    this.state.setIgnoresSigchld(row, on);
    return 0;
  }

  private notFromOutside(): Errno {
    return this.state.refuse(
      'EPERM',
      'the restorer outside only makes, moves and reaps processes of the image',
    );
  }
}
