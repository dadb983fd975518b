/**
 * The native probe: what node cannot ask the kernel for. The inode of a pidfd (an exact order of births where the
 * kernel has pidfs) and the parents of pid namespaces. Optional: without it an image has no `birthOrder`.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export interface ProbeFacts {
  /** Grows with every birth; 0: the kernel has no pidfs (before Linux 6.9). */
  readonly birth: number;
  /** Inodes of the pid namespace and of its ancestors, as far out as the probe may look. */
  readonly namespaces: readonly string[];
}

/** Facts of the processes that were there. */
export type Probe = (pids: readonly number[]) => ReadonlyMap<number, ProbeFacts>;

/** @returns null where the program has not been built, or does not run. */
export function nativeProbe(program: string): Probe | null {
  if (!existsSync(program)) return null;
  if (spawnSync(program, { input: '' }).status !== 0) return null;
  return (pids) => {
    const { stdout } = spawnSync(program, { input: pids.join('\n'), encoding: 'utf8', maxBuffer: 1 << 30 });
    return parseProbe(stdout ?? '');
  };
}

/** Lines of `PID BIRTH NAMESPACE PARENT …`. */
export function parseProbe(text: string): Map<number, ProbeFacts> {
  const facts = new Map<number, ProbeFacts>();
  for (const line of text.split('\n')) {
    const [pid, birth, ...namespaces] = line.split(' ');
    if (pid && birth) facts.set(Number(pid), { birth: Number(birth), namespaces });
  }
  return facts;
}
