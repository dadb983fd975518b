/**
 * The steps of a plan as objects: what clients see (contract, section 2). The engine itself keeps them as columns
 * (step-list.ts). All numbers are level-0 numbers.
 */

export type CloneFlag = 'CLONE_PARENT' | 'CLONE_NEWPID';

export interface Clone3Step {
  readonly op: 'clone3';
  readonly pid: number;
  readonly child: number;
  /** One number a level, level 0 first. */
  readonly setTid: readonly number[];
  readonly flags: readonly CloneFlag[];
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
  readonly flags: readonly ['CLONE_NEWPID'];
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

export type Step =
  | Clone3Step
  | SetsidStep
  | SetpgidStep
  | PrctlStep
  | UnshareStep
  | SetnsStep
  | ExitStep
  | Wait4Step;
