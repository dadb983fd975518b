/**
 * What the process tree itself asks of a target, whoever restores it.
 *
 * In: a tree. Asks: one requirement a property. Kernel rules: D1, D10 to D12 (set_tid), G3 (depth of pid namespaces).
 * Cost: O(processes + threads).
 */

import { OUTSIDE, type ProcessTree, rootIsInit } from '../tree/process-tree.ts';
import type { Ask } from './requirement.ts';

const LISTED = 10_000;
/** clone3 with set_tid. */
const KERNEL = '5.5';

export function askOfTree(ask: Ask, tree: ProcessTree): void {
  const numbers = numbersOf(tree);
  const largest = numbers.at(-1)!;
  ask(
    'numbers',
    { numbers: numbers.slice(0, LISTED), total: numbers.length },
    'Pids, thread ids, groups and sessions of the tree: nobody else may have one of these numbers.',
  );
  ask(
    'lowestFreeNumber',
    largest + 1,
    `Whatever else runs in the pid namespace starts at ${largest + 1} or above: set ns_last_pid before the placeholder starts.`,
  );
  ask('pidMax', largest + 1, `kernel.pid_max is above ${largest}.`);
  ask(
    'kernel',
    KERNEL,
    `Linux ${KERNEL} or later: clone3 with set_tid. CAP_CHECKPOINT_RESTORE suffices from 5.9 on.`,
  );
  ask(
    'capabilities',
    'CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN',
    'The restorer may choose numbers, in the user namespace of every pid namespace of the tree.',
  );
  ask(
    'tasks',
    tree.size + tree.threadId.length,
    'Room in pids.max of the cgroup for the processes and threads; helpers come on top.',
  );
  if (tree.namespaces.length > 1) {
    ask(
      'pidNamespaces',
      tree.namespaces.length,
      `Room for ${tree.namespaces.length} pid namespaces below each other or side by side (user.max_pid_namespaces).`,
    );
  }
  if (!rootIsInit(tree)) {
    ask(
      'init',
      'outside the image',
      'The root is no init: the init of its pid namespace, and a reaper above the root, must be there.',
    );
  }
  if (tree.parent.indexOf(OUTSIDE, 1) > 0) {
    ask(
      'injected',
      'processes put in from outside',
      'Some processes hang from outside the tree: the restorer puts them in by setns.',
    );
  }
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
