/**
 * What the process tree itself asks of a target, whoever restores it.
 *
 * In: a tree. Out: one requirement a property. Kernel rules: D1, D10 to D12 (set_tid), G3 (depth of pid namespaces).
 * Cost: O(processes + threads).
 */

import { OUTSIDE, type ProcessTree, rootIsInit } from '../tree/process-tree.ts';
import type { Requirement } from './requirement.ts';

const LISTED = 10_000;
/** clone3 with set_tid. */
const KERNEL = '5.5';

export function requirementsOfTree(tree: ProcessTree): Requirement[] {
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
