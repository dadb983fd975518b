/**
 * setsid and setpgid: how a process changes its session and its group.
 *
 * In: rows. Out: 0 or an errno; refused calls change nothing. Rules: E1–E11, F1–F28, P3–P7. Cost: O(1), O(levels)
 * below level 0.
 */

import type { Answer } from './errno.ts';
import type { KernelState } from './kernel-state.ts';
import { EXECED, SESSION_LEADER } from './process-table.ts';

export function setsid(kernel: KernelState, caller: number): Answer {
  const { flags, groupMembers, groupSession } = kernel.processes;
  if ((flags[caller]! & SESSION_LEADER) !== 0) {
    return kernel.refuse('EPERM', 'the caller leads a session already');
  }
  if (groupMembers[caller]! > 0)
    return kernel.refuse('EPERM', "the group with the caller's number has members");
  if (kernel.sharing !== null) kernel.sharing.terminal[caller] = 0;
  kernel.leaveSession(caller);
  kernel.leaveGroup(caller);
  flags[caller]! |= SESSION_LEADER;
  kernel.enterSession(caller, caller);
  kernel.enterGroup(caller, caller);
  groupSession[caller] = caller;
  return 0;
}

/** `wanted` is the group's number in level 0; the target's own number, or 0, makes its own group. */
export function setpgid(kernel: KernelState, caller: number, target: number, wanted: number): Answer {
  const { processes } = kernel;
  if (wanted < 0) return kernel.refuse('EINVAL', 'a group has a positive number');
  if (processes.parent[target] === caller) {
    if (processes.session[target] !== processes.session[caller]) {
      return kernel.refuse('EPERM', 'the child is in another session');
    }
    if ((processes.flags[target]! & EXECED) !== 0)
      return kernel.refuse('EACCES', 'the child has called exec');
  } else if (target !== caller) {
    return kernel.refuse('ESRCH', 'the target is neither the caller nor its child');
  }
  if ((processes.flags[target]! & SESSION_LEADER) !== 0) {
    return kernel.refuse('EPERM', 'the target leads a session');
  }

  const own = processes.number[target]!;
  const group = wanted === 0 || wanted === own ? target : groupSeenBy(kernel, caller, wanted);
  if (group === 0) return kernel.refuse('EPERM', `${wanted} is no group that the caller sees`);
  const session = processes.session[caller]!;
  if (group === target) processes.groupSession[group] = session;
  else if (processes.groupSession[group] !== session) {
    return kernel.refuse('EPERM', `group ${wanted} belongs to another session`);
  }
  if (processes.group[target] === group) return 0;
  kernel.leaveGroup(target);
  kernel.enterGroup(target, group);
  return 0;
}

/** The group of a level-0 number if it has members and the caller's namespace has a number for it (F20), else 0. */
function groupSeenBy(kernel: KernelState, caller: number, wanted: number): number {
  const { processes, namespaces } = kernel;
  const group = kernel.numbers.outermost(wanted);
  if (group <= 0 || processes.groupMembers[group] === 0) return 0;
  return namespaces.within(processes.namespace[group]!, processes.namespace[caller]!) ? group : 0;
}
