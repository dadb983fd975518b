/**
 * Findings about a tree and its plan (contract, section 4): what the image leaves out, what the restorer must supply,
 * what can go wrong on the target.
 *
 * In: the tree, the options, and who adopts in the plan. Out: diagnostics in a fixed order. Cost: O(n).
 */

import { aboutProcesses, allOf, type Concerned, processesWhere } from '../answer-types/about-processes.ts';
import type { Diagnostic } from '../answer-types/diagnostic.ts';
import type { HelperList } from '../plan/helper-list.ts';
import type { PlanOptions } from '../plan/plan-options.ts';
import { LARGEST_PID } from '../planner/schedule/fresh-numbers.ts';
import type { OutsideNumbers } from '../tree/outside.ts';
import { FLAG_UNKNOWN, ZOMBIE } from '../tree/process-columns.ts';
import { hasLivingThreads, OUTSIDE, onLevels, type ProcessTree } from '../tree/process-tree.ts';
import { outsideFindings } from './outside-findings.ts';
import { sharingAtRisk, sharingNotTold } from './sharing-findings.ts';

export function findingsOf(
  tree: ProcessTree,
  outside: OutsideNumbers,
  options: PlanOptions,
  plan: { readonly helpers: HelperList; readonly adopts: Uint8Array },
): Diagnostic[] {
  const { adopts } = plan;
  const unknown = (i: number): boolean => tree.subreaper[i] === FLAG_UNKNOWN && tree.state[i] !== ZOMBIE;
  return [
    ...aboutProcesses(
      'SUBREAPER_INFERRED',
      'info',
      processesWhere(tree, (i) => unknown(i) && adopts[i] === 1),
      'The child-subreaper flag is not in the image; these processes adopt in the plan, so theirs is left on.',
      'Give childSubreaper where it is known; a checkpoint image has it.',
    ),
    ...aboutProcesses(
      'SUBREAPER_UNKNOWN',
      'info',
      processesWhere(tree, (i) => unknown(i) && adopts[i] !== 1),
      'The child-subreaper flag of these processes is not in the image: it is left off.',
      'Give childSubreaper where it is known; a checkpoint image has it.',
    ),
    ...outsideFindings(tree, outside),
    ...sharingNotTold(tree),
    ...sharingAtRisk(tree),
    ...imageFindings(tree),
    ...aboutProcesses(
      'INIT_CANNOT_EXIT',
      'warning',
      allOf(strandedInits(tree)),
      'These live inits sit in a group of their own namespace that they do not lead: when one exits, its exit never finishes.',
      'Before it has to end, its parent outside must move it home: setpgid(init, init).',
    ),
    ...aboutProcesses(
      'EXIT_STATUS_LOST',
      'warning',
      processesWhere(tree, (i) => tree.state[i] === ZOMBIE && (tree.exitStatus[i]! & 0x80) !== 0),
      'These zombies dumped core when they died: the wait status has that bit only if the restorer lets them dump again.',
      'Allow core files for the exit step, or accept the status without the bit.',
    ),
    ...aboutProcesses(
      'EXIT_STATUS_LOST',
      'warning',
      allOf(shieldedInits(tree)),
      'An init does not die of the signal that these zombies died of when it is sent: it came of reboot(2) in their namespace (SIGHUP, SIGINT), or while another thread of theirs faulted.',
      'Let the init call reboot(2) for SIGHUP and SIGINT; else end it by SIGKILL or an exit code, and accept that status.',
    ),
    ...numberFindings(tree, options, plan.helpers),
  ];
}

/** What the image itself leaves open, with a plan and without. */
export function imageFindings(tree: ProcessTree): Diagnostic[] {
  const { forChildren } = tree;
  return [
    ...aboutProcesses(
      'SESSIONS_OUTSIDE_AS_ONE',
      'warning',
      broughtInFromOutside(tree),
      'These processes came from outside, each by itself, and show session 0, which does not tell one session outside from another: the plan takes it for one and the same.',
      'Where they were in different sessions, that is lost; ask the source of the image for the numbers outside.',
    ),
    ...aboutProcesses(
      'FIRST_THREAD_ENDED',
      'warning',
      processesWhere(tree, (i) => tree.state[i] === ZOMBIE && hasLivingThreads(tree, i)),
      'The image lists living threads of these zombies: only their first thread has ended, and they live. The plan ends them as a whole.',
      'Give them as alive, and end the first thread when the others run.',
    ),
    ...aboutProcesses(
      'CHILDREN_ELSEWHERE',
      'info',
      forChildren
        ? processesWhere(tree, (i) => forChildren[i] !== -1 && tree.state[i] !== ZOMBIE)
        : allOf([]),
      'The next child of these processes would be born in another pid namespace than theirs: they called unshare or setns and did not go home. The last steps of a plan do so again; CRIU does not.',
      'Let these processes call unshare(CLONE_NEWPID), or setns, last of all.',
    ),
  ];
}

/** Processes with session 0 that hang from outside, the root among them; none where one alone does. */
function broughtInFromOutside(tree: ProcessTree): Concerned {
  const found = processesWhere(tree, (i) => tree.parent[i] === OUTSIDE && tree.sid[i] === 0);
  return found.count > 1 ? found : allOf([]);
}

/** Pids of live inits whose group shows a number other than 1 inside (G33). */
function strandedInits(tree: ProcessTree): number[] {
  const stranded: number[] = [];
  for (const { init } of tree.namespaces) {
    if (init < 0 || tree.state[init] === ZOMBIE) continue;
    const inside = onLevels(tree, init, 'pgid').at(-1)!;
    const own = onLevels(tree, init, 'pid').at(-1)!;
    if (inside !== 0 && inside !== own) stranded.push(tree.pid[init]!);
  }
  return stranded;
}

/** SIGKILL, and what faults of its own program send: SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGSYS. */
const ENDS_AN_INIT = new Set([9, 4, 5, 7, 8, 11, 31]);

/** Pids of zombie inits whose signal is none that ends an init. */
function shieldedInits({ pid, state, exitStatus, namespaces }: ProcessTree): number[] {
  return namespaces.flatMap(({ init }) => {
    if (init < 0 || state[init] !== ZOMBIE) return [];
    const signal = exitStatus[init]! & 0x7f;
    return signal === 0 || ENDS_AN_INIT.has(signal) ? [] : [pid[init]!];
  });
}

/** Numbers of a tree and its helpers that no Linux gives, or that are taken on the target. */
export function numberFindings(tree: ProcessTree, options: PlanOptions, helpers: HelperList): Diagnostic[] {
  const occupied = new Set(options.occupiedPids);
  const neededWhere = (test: (number: number) => boolean): Concerned => {
    const found: number[] = [];
    for (const numbers of [tree.pid, tree.threadId, helpers.pid])
      for (let i = 0; i < numbers.length; i++) if (test(numbers[i]!)) found.push(numbers[i]!);
    return allOf(found);
  };
  return [
    ...aboutProcesses(
      'PID_MAX_EXCEEDED',
      'warning',
      neededWhere((number) => number > LARGEST_PID),
      `No Linux gives numbers above ${LARGEST_PID}.`,
      'The image was edited or misread.',
    ),
    ...aboutProcesses(
      'PID_CONFLICT',
      'warning',
      occupied.size === 0 ? allOf([]) : neededWhere((number) => occupied.has(number)),
      'The tree needs these numbers, and they are taken on the target.',
      'Restore into a fresh pid namespace, or free the numbers.',
    ),
  ];
}
