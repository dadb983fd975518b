/**
 * Why a tree was not decided, in words.
 *
 * In: the reason, and the processes that it is about where they are known. Out: one diagnostic.
 */

import type { Diagnostic } from '../answer-types/diagnostic.ts';

export type UndecidedBecause = keyof typeof UNDECIDED_BECAUSE;

export function undecided(reason: UndecidedBecause, pids: readonly number[] = []): Diagnostic {
  const missing = MISSING_STEPS[reason];
  return {
    code: 'UNDECIDED',
    severity: 'error',
    pids: [...pids].sort((a, b) => a - b),
    message: UNDECIDED_BECAUSE[reason],
    hint: missing
      ? 'Everything else of this tree can be restored: take the missing step where the tree runs.'
      : 'This says nothing about whether the tree can be restored.',
    detail: { reason, ...(missing ? { missing } : {}) },
  };
}

/** What would have to be done, where only a step that plans do not have is lacking. */
const MISSING_STEPS: { readonly [reason in UndecidedBecause]?: string } = {
  'outside group':
    'When all groups are made, the parent outside calls setpgid(process, group from outside) for each of these processes; setpgid of a plan names groups by their numbers in level 0, where that group has none.',
};

const UNDECIDED_BECAUSE = {
  'not verified':
    'The plan that was found does not lead to this tree on the simulator: please report this image.',
  'not proved':
    'The tree was refused, but no proof of that was found within the work limit that the checker accepts.',
  'work limit': 'The work limit of the exact procedure was reached before a verdict.',
  numbers: 'There are not enough free numbers for the helpers.',
  'creation cycle': 'Births wait for each other in the order found; another order was not looked for.',
  CLONE_PARENT: 'The births that were found need CLONE_PARENT, which the option allowCloneParent forbids.',
  births: 'The given births were neither met nor refuted within the work limit.',
  'nested births':
    'With the births that were tried, two groups from outside would have to be had from birth; there are others.',
  'born outside':
    'A process was born outside the image, whose root is no init, and what it and the root bore is not apart, or it has the session of the init outside: that is not planned.',
  'shared resources':
    'Resources are shared over several pid namespaces, and none of the births that were found carry them: not all of them were looked for.',
  threads:
    'What is shared passes only by threads that live for a while, or is held by threads: that is not planned.',
  zombies:
    'Zombies share signal handlers with each other only: in which address space they were is not in the image, and not all are tried.',
  classes:
    'The image leaves out classes of some processes, and no history gives these objects of their own: one of them shares what only execve leaves, or nothing.',
  'exit signals':
    'A process with another exit signal than SIGCHLD would be adopted, or execute a program after its birth, in all births that were found.',
  'outside group':
    'These processes made a group, and their parent outside moved them back into the group from outside: a plan cannot name that group, which has no number in level 0.',
  'first thread ended':
    'A process with children is a zombie with living threads: its first thread has ended, and it lives. A plan cannot say that step; give it as alive.',
  'no such history': 'The tree has fewer histories than that.',
  'history limit': 'The history asked for was not reached within the work limit.',
} as const;
