/** Shared resources of simulated histories: the flags of calls, and the classes that an image has of a process. */

import type { Kernel } from '../../src/engine/kernel/kernel.ts';
import { RUNNING } from '../../src/engine/kernel/process-table.ts';
import type { CallFlag } from '../../src/engine/kernel/sharing-calls.ts';
import { KINDS, type Kind } from '../../src/engine/tree/sharing-columns.ts';

/** Kinds that the births of a history share; each history has one mix. */
export const SHARED_MIXES: readonly (readonly Kind[])[] = [
  ['files'],
  ['files', 'fs'],
  ['vm', 'sighand', 'files', 'fs', 'sysvsem'],
  ['files', 'fs', 'sysvsem'],
  ['vm', 'sighand'],
];

/** Above every number of an object that several have held. */
const OWN = 1_000_000;

export const LEFT_BY_UNSHARE: ReadonlySet<Kind> = new Set(['files', 'fs', 'sysvsem']);

function flagOf(kind: Kind): CallFlag {
  return `CLONE_${kind.toUpperCase()}` as CallFlag;
}

/** Signal handlers are shared in their address space only. */
export function flagsOf(kinds: readonly Kind[]): CallFlag[] {
  const flags = kinds.map(flagOf);
  if (flags.includes('CLONE_SIGHAND') && !flags.includes('CLONE_VM')) flags.push('CLONE_VM');
  return flags;
}

/** A zombie has its handlers; whoever has no undo list or I/O context has no class. */
export function classesOf(
  { state }: Kernel,
  pid: number,
  kinds: readonly Kind[],
): Partial<Record<Kind, number>> {
  const row = state.find(pid);
  const lives = state.processes.state[row] === RUNNING;
  const classes: Partial<Record<Kind, number>> = {};
  for (const kind of kinds) {
    const object = state.sharing?.held(row, KINDS.indexOf(kind)) ?? 0;
    if (!lives && kind !== 'sighand') continue;
    if (object !== 0) classes[kind] = object;
    // Its own.
    else if (kind !== 'sysvsem' && kind !== 'io') classes[kind] = OWN + row;
  }
  return classes;
}
