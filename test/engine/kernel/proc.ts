/**
 * Proc: what /proc shows of a simulated process, as readable values by pid.
 *
 * Numbers are those of level 0 unless a list is returned, which has one number a level, level 0 first, 0 where the
 * leader is not visible (G21). `undefined`: there is no such process, or it has been reaped.
 */

import type { Kernel } from '../../../src/engine/kernel/kernel.ts';
import type { KernelState } from '../../../src/engine/kernel/kernel-state.ts';
import { numberSeen } from '../../../src/engine/kernel/number-seen.ts';
import {
  HANGING,
  LEADER_EXITED,
  ROOT,
  RUNNING,
  SUBREAPER,
} from '../../../src/engine/kernel/process-table.ts';
import { FILES, FS, IO, type Kind, SIGHAND, SYSVSEM, VM } from '../../../src/engine/tree/sharing-columns.ts';

export type ProcState = 'running' | 'exiting' | 'zombie';

export interface ProcEntry {
  readonly pid: number;
  /** 0: the parent is outside the image. */
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  /**
   * `exiting`: the init of a namespace whose exit cannot finish. `zombie` also where only the leader thread has
   * exited (A11).
   */
  readonly state: ProcState;
  readonly subreaper: boolean;
  /** Raw wait status, 0 while it runs. */
  readonly exitStatus: number;
  readonly nspid: readonly number[];
  readonly nspgid: readonly number[];
  readonly nssid: readonly number[];
  /** By kind: pids, ascending, of everybody who holds the same object, itself too; empty where it holds none. */
  readonly shares: Readonly<Record<Kind, readonly number[]>>;
  readonly exitSignal: number;
  /** Device number of the controlling terminal, 0 none. */
  readonly ttyNr: number;
  /** In the order in which they became children. */
  readonly children: readonly number[];
}

export function proc(kernel: Kernel, pid: number): ProcEntry | undefined {
  const { state } = kernel;
  const row = pid > 0 ? state.find(pid) : 0;
  if (row === 0) return undefined;
  const { processes } = state;
  const children: number[] = [];
  for (let child = processes.firstChild[row]!; child !== 0; child = processes.nextSibling[child]!) {
    children.push(processes.number[child]!);
  }
  return {
    pid,
    ppid: processes.number[processes.parent[row]!]!,
    pgid: processes.number[processes.group[row]!]!,
    sid: processes.number[processes.session[row]!]!,
    state: stateName(processes.state[row]!, processes.flags[row]!),
    subreaper: (processes.flags[row]! & SUBREAPER) !== 0,
    exitStatus: processes.exitStatus[row]!,
    shares: sharesOf(state, row),
    exitSignal: processes.exitSignal[row]!,
    ttyNr: state.sharing?.terminal[row] ?? 0,
    nspid: numbersSeen(state, row, row),
    nspgid: numbersSeen(state, processes.group[row]!, row),
    nssid: numbersSeen(state, processes.session[row]!, row),
    children,
  };
}

function sharesOf({ processes, sharing }: KernelState, row: number): Record<Kind, number[]> {
  const holders = (kind: number): number[] => {
    const object = sharing?.held(row, kind) ?? 0;
    if (sharing === null || object === 0) {
      // Its own: nobody is without files, fs, address space or handlers, and a zombie still has the last.
      const isThere = kind < SYSVSEM && (processes.state[row] === RUNNING || kind === SIGHAND);
      return isThere ? [processes.number[row]!] : [];
    }
    const pids: number[] = [];
    for (let other = ROOT; other < processes.count; other++)
      if (sharing.held(other, kind) === object) pids.push(processes.number[other]!);
    return pids.sort((a, b) => a - b);
  };
  return {
    files: holders(FILES),
    fs: holders(FS),
    vm: holders(VM),
    sighand: holders(SIGHAND),
    sysvsem: holders(SYSVSEM),
    io: holders(IO),
  };
}

function numbersSeen(kernel: KernelState, row: number, reader: number): number[] {
  const { processes, namespaces } = kernel;
  const numbers: number[] = [];
  const deepest = namespaces.level[processes.namespace[reader]!]!;
  for (let level = 0; level <= deepest; level++) numbers.push(numberSeen(kernel, row, reader, level));
  return numbers;
}

function stateName(state: number, flags: number): ProcState {
  if (state === RUNNING) return (flags & LEADER_EXITED) === 0 ? 'running' : 'zombie';
  return state === HANGING ? 'exiting' : 'zombie';
}
