/**
 * Findings about shared resources: what the image does not say of them, what a restorer loses, what a plan or a
 * refusal has to do with them.
 *
 * In: a tree, a plan's steps, or a refusal. Out: diagnostics. Cost: O(n) where the image tells classes, else O(1).
 */

import { aboutProcesses, allOf, type Concerned, processesWhere } from '../answer-types/about-processes.ts';
import type { Diagnostic } from '../answer-types/diagnostic.ts';
import { inWords } from '../answer-types/in-words.ts';
import { EXEC, type StepList } from '../plan/step-list.ts';
import { sharingOutcome } from '../restorers/sharing-outcome.ts';
import { ZOMBIE } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { KINDS, type Kind, NOT_TOLD, SIGCHLD } from '../tree/sharing-columns.ts';

export function sharingNotTold(tree: ProcessTree): Diagnostic[] {
  const { size, state, sharing } = tree;
  const kinds: Kind[] = [];
  const lacking = new Uint8Array(size);
  let everybody = false;
  for (let kind = 0; kind < KINDS.length; kind++) {
    const column = sharing?.classes[kind] ?? null;
    let here = 0;
    for (let i = 0; column !== null && i < size; i++) {
      if (column[i] !== NOT_TOLD || state[i] === ZOMBIE) continue;
      here++;
      lacking[i] = 1;
    }
    if (column === null) everybody = true;
    if (column === null || here > 0) kinds.push(KINDS[kind]!);
  }
  return aboutProcesses(
    'SHARING_UNKNOWN',
    'info',
    processesWhere(tree, (i) => state[i] !== ZOMBIE && (everybody || lacking[i] === 1)),
    `The image does not say who shares ${inWords(kinds)}: these processes are planned with their own.`,
    'Give the classes where they are known; a scan of the live system reads them.',
    { kinds },
  );
}

/** What only birth gives and CRIU does not restore. */
export function sharingAtRisk(tree: ProcessTree): Diagnostic[] {
  const { size, pid, sid, state, sharing } = tree;
  if (sharing === null) return [];
  const found: Diagnostic[] = [];
  const add = (
    code: Diagnostic['code'],
    concerned: Concerned,
    message: string,
    hint: string,
    more = {},
  ): void => {
    found.push(...aboutProcesses(code, 'warning', concerned, message, hint, more));
  };
  const outcome = sharingOutcome(tree);
  if (outcome) {
    const { outcome: does, message, pids, why, remedy } = outcome;
    const said = message === null ? '' : ` It says: ${message}.`;
    add('SHARING_LOST_BY_RESTORER', allOf(pids), `${why}${said}`, remedy, { outcome: does, said: message });
  }
  const { exitSignal, terminal } = sharing;
  if (exitSignal) {
    add(
      'EXIT_SIGNAL_LOST',
      processesWhere(tree, (i) => state[i] !== ZOMBIE && exitSignal[i] !== SIGCHLD),
      'These processes have another exit signal than SIGCHLD, which birth gives and no restorer restores.',
      'The plan has it in the step of the birth.',
    );
  }
  if (terminal) {
    const sessions = new Set<number>();
    for (let i = 0; i < size; i++) if (terminal[i]! > 0) sessions.add(sid[i]!);
    add(
      'TERMINAL_BY_BIRTH',
      processesWhere(tree, (i) => state[i] !== ZOMBIE && sid[i] !== pid[i] && sessions.has(sid[i]!)),
      'Members of a session have its terminal from birth only, or had none to inherit.',
      'The plan lets the leader take it before it bears them; those without drop it at the end.',
    );
  }
  return found;
}

/** Processes that execute the executor again in a plan. */
export function execFindings(steps: StepList): Diagnostic[] {
  const pids: number[] = [];
  for (let i = 0; i < steps.length; i++) if (steps.op[i] === EXEC) pids.push(steps.actor[i]!);
  return aboutProcesses(
    'NEEDS_EXEC',
    'info',
    allOf(pids),
    'These processes leave an address space that they carried for others, or an exit signal that they were born with for them, by execve of the executor.',
    'The executor must be able to execute itself and go on.',
  );
}

/** What a refusal has to do with shared resources, in a code of its own. */
export function sharingRefusal({ code, pids, message, detail }: Diagnostic): Diagnostic[] {
  const { rule, reason, kinds, facts, cycle } = detail;
  const about = (own: Diagnostic['code'], hint: string): Diagnostic[] => [
    {
      code: own,
      severity: own === 'NEEDS_THREADS' ? 'warning' : 'error',
      pids,
      message,
      hint,
      detail: Object.fromEntries(
        Object.entries({ rule, reason, kinds, facts, cycle }).filter(([, value]) => value !== undefined),
      ),
    },
  ];
  if (code === 'UNDECIDED') {
    if (reason !== 'threads') return [];
    return about(
      'NEEDS_THREADS',
      'A process with threads could have made it; this planner uses single-threaded ones.',
    );
  }
  if (rule === 'SHARING')
    return about('SHARING_UNREACHABLE', 'Check the classes: no history of the kernel has them.');
  if (typeof rule === 'string' && rule.startsWith('K'))
    return about('SHARING_IMPOSSIBLE', 'The image is damaged, or was edited.');
  return [];
}
