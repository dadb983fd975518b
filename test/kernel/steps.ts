/** Steps in short, for plans written by hand. Numbers below level 0 follow the child's own. */

import type {
  Clone3Step,
  CloneFlag,
  ExitStep,
  PrctlStep,
  SetnsStep,
  SetpgidStep,
  SetsidStep,
  Step,
  UnshareStep,
  Wait4Step,
} from '../../src/engine/plan/step.ts';

function birth(flags: readonly CloneFlag[]) {
  return (pid: number, child: number, ...inner: readonly number[]): Clone3Step => ({
    op: 'clone3',
    pid,
    child,
    setTid: [child, ...inner],
    flags,
  });
}

export const clone = birth([]);
export const sibling = birth(['CLONE_PARENT']);
export const newInit = birth(['CLONE_NEWPID']);
export const siblingInit = birth(['CLONE_PARENT', 'CLONE_NEWPID']);

export const setsid = (pid: number): SetsidStep => ({ op: 'setsid', pid });
export const setpgid = (pid: number, target: number, pgid: number): SetpgidStep => ({
  op: 'setpgid',
  pid,
  target,
  pgid,
});
export const subreaper = (pid: number, value: 0 | 1): PrctlStep => ({
  op: 'prctl',
  pid,
  option: 'PR_SET_CHILD_SUBREAPER',
  value,
});
export const unshare = (pid: number): UnshareStep => ({ op: 'unshare', pid, flags: ['CLONE_NEWPID'] });
export const setns = (pid: number, target: number): SetnsStep => ({
  op: 'setns',
  pid,
  target,
  nstype: 'CLONE_NEWPID',
});
export const exit = (pid: number, code = 0): ExitStep => ({ op: 'exit', pid, code });
export const killed = (pid: number, signal: number): ExitStep => ({ op: 'exit', pid, signal });
export const wait4 = (pid: number, child: number): Wait4Step => ({ op: 'wait4', pid, child });

/** A line of processes, each cloned by the one before. */
export function chain(...pids: readonly number[]): Step[] {
  return pids.slice(1).map((child, i) => clone(pids[i]!, child));
}
