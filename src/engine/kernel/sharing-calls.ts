/**
 * Calls that leave shared objects, or that sharing forbids: unshare, execve, setns, ioprio_set, and clone's flags.
 *
 * In: rows and flags. Out: 0 or an errno; refused calls change nothing. Mount, user, ipc and time namespaces are not
 * kept: only what they do to shared objects is. Rules (inherit-only resources): I5–I9, I13, I30–I38, I40–I49, I56,
 * I63, I64, I82. Cost: O(1); O(rows) where a call asks whether an object is shared.
 */

import { SHARE_NAMES, type ShareName } from '../plan/share-flags.ts';
import { FILES, FS, SIGCHLD, SIGHAND, SYSVSEM, VM } from '../tree/sharing-columns.ts';
import { unshare as unsharePid } from './entering.ts';
import type { Answer } from './errno.ts';
import type { KernelState } from './kernel-state.ts';
import { EXECED, PARENT_EXECED } from './process-table.ts';

/** Flags of clone and unshare by name, as the manual has them; those of shared kinds and namespaces. */
export type CallFlag = ShareName | 'CLONE_THREAD' | 'CLONE_CLEAR_SIGHAND' | NamespaceFlag;
export type NamespaceFlag =
  | 'CLONE_NEWPID'
  | 'CLONE_NEWNS'
  | 'CLONE_NEWUSER'
  | 'CLONE_NEWIPC'
  | 'CLONE_NEWTIME'
  | 'CLONE_NEWNET'
  | 'CLONE_NEWUTS'
  | 'CLONE_NEWCGROUP';

/** The kinds that clone flags share, a bit a kind. */
export function sharedBy(flags: readonly CallFlag[]): number {
  let shared = 0;
  for (const [kind, name] of SHARE_NAMES.entries()) if (flags.includes(name)) shared |= 1 << kind;
  return shared;
}

/** Combinations that clone refuses whoever calls it; 0 where these flags go together. */
export function flagsTogether(kernel: KernelState, flags: readonly CallFlag[]): Answer {
  const has = (flag: CallFlag): boolean => flags.includes(flag);
  const refuse = (why: string): Answer => kernel.refuse('EINVAL', why);
  if (has('CLONE_FS') && (has('CLONE_NEWNS') || has('CLONE_NEWUSER')))
    return refuse('a mount or user namespace of its own and a shared fs exclude each other');
  if (has('CLONE_THREAD') && !has('CLONE_SIGHAND')) return refuse('threads share their signal handlers');
  if (has('CLONE_SIGHAND') && !has('CLONE_VM'))
    return refuse('signal handlers are shared in one address space only');
  if (has('CLONE_SIGHAND') && has('CLONE_CLEAR_SIGHAND'))
    return refuse('shared signal handlers cannot be cleared');
  if (has('CLONE_SYSVSEM') && has('CLONE_NEWIPC'))
    return refuse('an ipc namespace of its own and a shared undo list exclude each other');
  if (has('CLONE_THREAD') && (has('CLONE_NEWPID') || has('CLONE_NEWUSER')))
    return refuse('threads stay in the pid and user namespace of their process');
  return 0;
}

/** unshare(2). CLONE_NEWPID acts on the children to come, the others on the caller. */
export function unshareFlags(kernel: KernelState, caller: number, flags: readonly CallFlag[]): Answer {
  const has = (flag: CallFlag): boolean => flags.includes(flag);
  if (has('CLONE_IO') || has('CLONE_CLEAR_SIGHAND'))
    return kernel.refuse('EINVAL', 'unshare does not know this flag');
  const alone = kernel.processes.threads[caller] === 0;
  if (has('CLONE_NEWUSER') && !alone)
    return kernel.refuse('EINVAL', 'a process with several threads stays in its user namespace');
  const leavesHandlers = has('CLONE_SIGHAND') || has('CLONE_VM') || has('CLONE_THREAD');
  if (leavesHandlers && !alone) return kernel.refuse('EINVAL', 'the caller has several threads');
  const { sharing } = kernel;
  if ((has('CLONE_SIGHAND') || has('CLONE_VM')) && sharing?.isShared(caller, SIGHAND))
    return kernel.refuse('EINVAL', 'signal handlers that are shared cannot be left by unshare');
  if (has('CLONE_VM') && sharing?.isShared(caller, VM))
    return kernel.refuse('EINVAL', 'an address space that is shared cannot be left by unshare');
  if (has('CLONE_NEWPID')) {
    const answer = unsharePid(kernel, caller);
    if (answer !== 0) return answer;
  }
  if (sharing === null) return 0;
  if (has('CLONE_FILES')) sharing.renew(caller, FILES);
  if (has('CLONE_FS') || has('CLONE_NEWNS') || has('CLONE_NEWUSER')) sharing.renew(caller, FS);
  if (has('CLONE_SYSVSEM') || has('CLONE_NEWIPC')) sharing.renew(caller, SYSVSEM);
  return 0;
}

/** setns(2) into an existing namespace of a kind that this simulator does not keep. */
export function setnsOther(kernel: KernelState, caller: number, type: NamespaceFlag): Answer {
  const { sharing } = kernel;
  const alone = kernel.processes.threads[caller] === 0;
  const sharesFs = sharing?.isShared(caller, FS) ?? false;
  if (type === 'CLONE_NEWUSER' && !alone) return kernel.refuse('EINVAL', 'the caller has several threads');
  if ((type === 'CLONE_NEWNS' || type === 'CLONE_NEWUSER') && sharesFs)
    return kernel.refuse('EINVAL', 'the fs is shared');
  if (type === 'CLONE_NEWTIME' && (!alone || sharing?.isShared(caller, VM)))
    return kernel.refuse('EUSERS', 'the address space is shared');
  if (type === 'CLONE_NEWIPC') sharing?.renew(caller, SYSVSEM);
  return 0;
}

/**
 * execve: leaves address space, signal handlers and file table in one go; the exit signal is SIGCHLD again, and so is
 * what the caller gets when those end that it has at this moment as children.
 */
export function exec(kernel: KernelState, caller: number): Answer {
  const { processes, sharing } = kernel;
  processes.flags[caller]! |= EXECED;
  processes.exitSignal[caller] = SIGCHLD;
  for (let child = processes.firstChild[caller]!; child !== 0; child = processes.nextSibling[child]!)
    processes.flags[child]! |= PARENT_EXECED;
  for (const kind of [VM, SIGHAND, FILES]) sharing?.renew(caller, kind);
  return 0;
}
