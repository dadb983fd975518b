/**
 * The steps of a plan as objects: what clients see (contract, section 2). The engine itself keeps them as columns
 * (step-list.ts). All numbers are level-0 numbers.
 */

import type { ShareName } from './share-flags.ts';

export type CloneFlag = 'CLONE_PARENT' | 'CLONE_NEWPID' | ShareName;

export interface Clone3Step {
  readonly op: 'clone3';
  readonly pid: number;
  readonly child: number;
  /** One number a level, level 0 first. */
  readonly setTid: readonly number[];
  readonly flags: readonly CloneFlag[];
  /** Signal to the parent at exit, 0 none; left out: SIGCHLD. With CLONE_PARENT it is the caller's. */
  readonly exitSignal?: number;
}

export interface SetsidStep {
  readonly op: 'setsid';
  readonly pid: number;
}

export interface SetpgidStep {
  readonly op: 'setpgid';
  readonly pid: number;
  /** The caller itself or its child. */
  readonly target: number;
  readonly pgid: number;
}

export interface PrctlStep {
  readonly op: 'prctl';
  readonly pid: number;
  readonly option: 'PR_SET_CHILD_SUBREAPER';
  readonly value: 0 | 1;
}

export interface UnshareStep {
  readonly op: 'unshare';
  readonly pid: number;
  readonly flags: readonly ('CLONE_NEWPID' | ShareName)[];
}

export interface SetnsStep {
  readonly op: 'setns';
  readonly pid: number;
  readonly target: number;
  readonly nstype: 'CLONE_NEWPID';
}

/** By `code` or by `signal`, never both. `coreDump`: the image's wait status has the core-dump bit. */
export interface ExitStep {
  readonly op: 'exit';
  readonly pid: number;
  readonly code?: number;
  readonly signal?: number;
  readonly coreDump?: true;
}

export interface Wait4Step {
  readonly op: 'wait4';
  readonly pid: number;
  readonly child: number;
}

/** The process executes the executor again and goes on: address space, signal handlers and files are fresh. */
export interface ExecStep {
  readonly op: 'exec';
  readonly pid: number;
}

export interface IoctlStep {
  readonly op: 'ioctl';
  readonly pid: number;
  readonly request: 'TIOCSCTTY' | 'TIOCNOTTY';
  /** Device number of the terminal, with TIOCSCTTY. */
  readonly ttyNr?: number;
}

/** ioprio_set on itself, which makes an I/O context. */
export interface IoprioStep {
  readonly op: 'ioprio';
  readonly pid: number;
}

export type Step =
  | Clone3Step
  | SetsidStep
  | SetpgidStep
  | PrctlStep
  | UnshareStep
  | SetnsStep
  | ExitStep
  | Wait4Step
  | ExecStep
  | IoctlStep
  | IoprioStep;
