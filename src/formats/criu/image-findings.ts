/** What the files of an image set leave open, and where they contradict each other. None of it stops a plan. */
import type { Diagnostic, DiagnosticCode } from '../../engine/answer-types/diagnostic.ts';
import { type ProcessColumns, ZOMBIE } from '../../engine/tree/process-columns.ts';
import type { Task } from './task.ts';

/** Pids that a finding names; `detail.count` has how many there are. */
const PIDS_NAMED = 100;

export function imageFindings(
  columns: ProcessColumns,
  tasks: ReadonlyMap<number, Task>,
  idsFiles: ReadonlyMap<number, unknown>,
  version: number | undefined,
): Diagnostic[] {
  const stateUnknown: number[] = [];
  const stopped: number[] = [];
  const zombieWithIds: number[] = [];
  const aliveWithoutIds: number[] = [];
  let withCore = 0;
  for (let row = 0; row < columns.count; row++) {
    const pid = columns.pid[row]!;
    if (tasks.size === 0 || !tasks.has(pid)) {
      stateUnknown.push(pid);
      continue;
    }
    withCore++;
    if (tasks.get(pid)!.stopped) stopped.push(pid);
    if (columns.state[row] === ZOMBIE) {
      if (idsFiles.has(pid)) zombieWithIds.push(pid);
    } else if (idsFiles.size > 0 && !idsFiles.has(pid)) aliveWithoutIds.push(pid);
  }
  const strayCores = withCore < tasks.size ? coresWithoutProcess(columns, tasks) : [];
  return [
    ...unknownVersion(version),
    ...finding(
      'STATE_STOPPED',
      stopped,
      'These processes are stopped in the image; in the plan they are alive, and nothing stops them.',
      'Send them SIGSTOP when the tree is complete.',
    ),
    ...finding(
      'STATE_UNKNOWN',
      stateUnknown,
      'There is no core file that says whether these processes are alive; they are taken to be.',
      'Add core-N.img of these processes: states, wait statuses, threads and subreaper flags are only there.',
    ),
    ...finding(
      'IMAGE_INCONSISTENT',
      zombieWithIds,
      'The core files say zombie, but there are ids files, which only live processes have.',
      'Dump again; the files do not come from one dump.',
    ),
    ...finding(
      'IMAGE_INCONSISTENT',
      aliveWithoutIds,
      'The core files say alive, but the ids files that live processes have are missing.',
      'Add ids-N.img of these processes, or dump again.',
    ),
    ...finding(
      'IMAGE_INCONSISTENT',
      strayCores,
      'There are core files of processes that pstree.img does not have.',
      'Dump again; the files do not come from one dump.',
    ),
  ];
}

/** 1 is that of CRIU before 1.1, 2 of those since, 3 of 4.3 where pages are compressed. */
const KNOWN_VERSIONS: ReadonlySet<number> = new Set([1, 2, 3]);

function unknownVersion(version: number | undefined): Diagnostic[] {
  if (version === undefined || KNOWN_VERSIONS.has(version)) return [];
  return [
    {
      code: 'IMAGE_VERSION_UNKNOWN',
      severity: 'warning',
      pids: [],
      message: `inventory.img says image version ${version}; known are ${[...KNOWN_VERSIONS].join(', ')}. It was read like those.`,
      hint: 'Check that the plan fits what was dumped; another CRIU may mean other things by the same fields.',
      detail: { version, known: [...KNOWN_VERSIONS] },
    },
  ];
}

function coresWithoutProcess(columns: ProcessColumns, tasks: ReadonlyMap<number, Task>): number[] {
  const processes = new Set(columns.pid.subarray(0, columns.count));
  return [...tasks.keys()].filter((pid) => !processes.has(pid));
}

function finding(code: DiagnosticCode, pids: readonly number[], message: string, hint: string): Diagnostic[] {
  if (pids.length === 0) return [];
  const named = pids.slice(0, PIDS_NAMED);
  return [{ code, severity: 'warning', pids: named, message, hint, detail: { count: pids.length } }];
}
