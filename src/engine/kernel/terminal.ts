/**
 * Controlling terminals: TIOCSCTTY, TIOCNOTTY, and what setsid and the end of a session leader do.
 *
 * In: rows. Out: 0 or an errno; refused calls change nothing. A terminal is known by its device number, which tells it
 * from others of one devpts only: every container's first one is 34816. So sessions with equal numbers have terminals of their own.
 * Rules (inherit-only resources): I84–I87. Cost: O(1); O(rows) where a leader lets the terminal go.
 */
import type { Answer } from './errno.ts';
import type { KernelState } from './kernel-state.ts';
import { ROOT, SESSION_LEADER } from './process-table.ts';

/** Only a session leader without a terminal can take one. */
export function takeTerminal(kernel: KernelState, caller: number, device: number): Answer {
  const { terminal } = kernel.withSharing();
  if ((kernel.processes.flags[caller]! & SESSION_LEADER) === 0)
    return kernel.refuse('EPERM', 'only a session leader can take a terminal');
  if (terminal[caller] === device) return 0;
  if (terminal[caller] !== 0) return kernel.refuse('EPERM', 'the caller has a terminal already');
  terminal[caller] = device;
  return 0;
}

/** A member drops its own; a leader takes it from the whole session. */
export function dropTerminal(kernel: KernelState, caller: number): Answer {
  const { terminal } = kernel.withSharing();
  if (terminal[caller] === 0) return kernel.refuse('ENOTTY', 'the caller has no terminal');
  if ((kernel.processes.flags[caller]! & SESSION_LEADER) !== 0) letGo(kernel, caller);
  else terminal[caller] = 0;
  return 0;
}

/** The terminal is taken from everybody in the leader's session. */
export function letGo(kernel: KernelState, leader: number): void {
  const { sharing, processes } = kernel;
  if (sharing === null || sharing.terminal[leader] === 0) return;
  for (let row = ROOT; row < processes.count; row++)
    if (processes.session[row] === leader) sharing.terminal[row] = 0;
}
