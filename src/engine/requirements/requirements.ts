/**
 * Requirements: what a target must have for a tree to be restored there, whoever restores it.
 *
 * In: a tree. Out: one requirement a property, with what the image has, on which level it must hold, and how strictly.
 * What lies outside the process tree (mounts, files, sockets, memory) is not in a tree image and not told here.
 * Kernel rules: D1, D10 to D12 (set_tid), G3 (depth of pid namespaces). Cost: O(processes + threads).
 */

import { OUTSIDE, type ProcessTree, rootIsInit } from '../tree/process-tree.ts';

/** `cluster`: any node would do the same. `node`: the machine. `namespace`: the pid namespace of the restore. */
export const LEVELS = ['cluster', 'node', 'namespace'] as const;
/** `exact`: this and nothing else. `at least`: or more. `free`: must not be taken. `wanted`: helps. */
export const STRICTNESS = ['exact', 'at least', 'free', 'wanted'] as const;

export interface Requirement {
  readonly property: string;
  /** What the image has. Lists of numbers end at a limit, `total` counts all. */
  readonly captured: number | string | { readonly numbers: readonly number[]; readonly total: number };
  readonly level: (typeof LEVELS)[number];
  readonly strictness: (typeof STRICTNESS)[number];
  /** In a sentence. */
  readonly says: string;
}

const LISTED = 10_000;
/** clone3 with set_tid. */
const KERNEL = '5.5';

export function requirementsOf(tree: ProcessTree): Requirement[] {
  const numbers = numbersOf(tree);
  const largest = numbers.at(-1)!;
  const requirements: Requirement[] = [
    {
      property: 'numbers',
      captured: { numbers: numbers.slice(0, LISTED), total: numbers.length },
      level: 'namespace',
      strictness: 'free',
      says: 'Pids, thread ids, groups and sessions of the tree: nobody else may have one of these numbers.',
    },
    {
      property: 'lowestFreeNumber',
      captured: largest + 1,
      level: 'namespace',
      strictness: 'at least',
      says: `Whatever else runs in the pid namespace starts at ${largest + 1} or above: set ns_last_pid before the placeholder starts.`,
    },
    {
      property: 'pidMax',
      captured: largest + 1,
      level: 'node',
      strictness: 'at least',
      says: `kernel.pid_max is above ${largest}.`,
    },
    {
      property: 'kernel',
      captured: KERNEL,
      level: 'node',
      strictness: 'at least',
      says: `Linux ${KERNEL} or later: clone3 with set_tid. CAP_CHECKPOINT_RESTORE suffices from 5.9 on.`,
    },
    {
      property: 'capabilities',
      captured: 'CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN',
      level: 'node',
      strictness: 'at least',
      says: 'The restorer may choose numbers, in the user namespace of every pid namespace of the tree.',
    },
    {
      property: 'tasks',
      captured: tree.size + tree.threadId.length,
      level: 'node',
      strictness: 'at least',
      says: 'Room in pids.max of the cgroup for the processes and threads; helpers come on top.',
    },
  ];
  if (tree.namespaces.length > 1) {
    requirements.push({
      property: 'pidNamespaces',
      captured: tree.namespaces.length,
      level: 'node',
      strictness: 'at least',
      says: `Room for ${tree.namespaces.length} pid namespaces below each other or side by side (user.max_pid_namespaces).`,
    });
  }
  if (!rootIsInit(tree)) {
    requirements.push({
      property: 'init',
      captured: 'outside the image',
      level: 'namespace',
      strictness: 'exact',
      says: 'The root is no init: the init of its pid namespace, and a reaper above the root, must be there.',
    });
  }
  if (tree.parent.indexOf(OUTSIDE, 1) > 0) {
    requirements.push({
      property: 'injected',
      captured: 'processes put in from outside',
      level: 'namespace',
      strictness: 'exact',
      says: 'Some processes hang from outside the tree: the restorer puts them in by setns.',
    });
  }
  return requirements;
}

/** Ascending, without 0. */
function numbersOf(tree: ProcessTree): number[] {
  const numbers = new Set<number>();
  for (let i = 0; i < tree.size; i++) {
    numbers.add(tree.pid[i]!).add(tree.pgid[i]!).add(tree.sid[i]!);
  }
  for (const tid of tree.threadId) numbers.add(tid);
  numbers.delete(0);
  return [...Int32Array.from(numbers).sort()];
}

export interface CommandOption {
  readonly option: string;
  readonly at: 'dump' | 'restore' | 'both';
  /** The fact of the image that asks for it. */
  readonly because: string;
}

/** Options of `criu dump` and `criu restore` that the process tree asks for. */
export function criuOptionsOf(tree: ProcessTree): CommandOption[] {
  const root = tree.pid[0]!;
  const options: CommandOption[] = [];
  if (tree.sid[0] !== root) {
    options.push({
      option: '--shell-job',
      at: 'both',
      because: `the root ${root} leads no session: it is in session ${tree.sid[0]}, whose leader is not in the tree`,
    });
  }
  return options;
}
