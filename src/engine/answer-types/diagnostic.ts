/** A finding about a tree or its plan (contract, section 4). Codes are stable. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: 'info' | 'warning' | 'error';
  readonly pids: readonly number[];
  readonly message: string;
  readonly hint: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Every code that a diagnostic can carry, with what it says; the OpenAPI document lists them from here. */
export const DIAGNOSTIC_CODES = {
  UNRESTORABLE:
    'No history of the kernel leads to this tree: the smallest set of facts that contradict each other.',
  UNDECIDED: 'The time or size limit of the exact procedure was reached before a verdict.',
  CABA_MISSING: 'Processes without birth information: their history was chosen by the planner.',
  ORIGIN_AMBIGUOUS: 'The tree has several inequivalent histories.',
  CABA_CONTRADICTION: 'The given closest alive born ancestors fit no history.',
  BIRTH_ORDER_IGNORED:
    'The plan does not follow birthOrder or startTime: no history does, or none was found.',
  SUBREAPER_UNKNOWN: 'The child-subreaper flag is not in the image; it is left off.',
  SUBREAPER_INFERRED:
    'The child-subreaper flag is not in the image; the process has adopted, so it was set at some time.',
  SESSION_OUTSIDE: 'Processes in a session whose leader is outside the image: the restorer must supply it.',
  GROUP_OUTSIDE: 'Processes in a group whose leader is outside the image: the restorer must supply it.',
  SHARING_UNKNOWN:
    'The image does not say which processes share file tables and other resources: they are planned as private.',
  SHARING_UNREACHABLE:
    'No history gives these shared resources: the processes, kinds and classes that contradict each other.',
  SHARING_IMPOSSIBLE: 'Shared resources break a rule that no live kernel breaks: the image is damaged.',
  SHARING_LOST_BY_RESTORER: 'CRIU refuses, or loses without a word, what these processes share.',
  NEEDS_EXEC:
    'In the plan these processes execute the executor again, to leave an address space that they shared.',
  NEEDS_THREADS: 'What is shared could only have passed by threads; that is not planned.',
  EXIT_SIGNAL_LOST: 'CRIU restores these processes with SIGCHLD as exit signal, whatever they had.',
  TERMINAL_BY_BIRTH: 'A terminal that a member of a session can have from birth only.',
  IO_OR_UNDO_AMBIGUOUS:
    'Whether undo lists and I/O contexts are shared, or nobody has one, could not be told apart.',
  SESSIONS_OUTSIDE_AS_ONE:
    'Processes put in from outside with session 0: the image cannot tell several such sessions apart, the plan makes one.',
  FIRST_THREAD_ENDED:
    'A zombie with other living threads: only its first thread has ended, the process lives.',
  CHILDREN_ELSEWHERE:
    'Processes whose next child would be born in another pid namespace: the last steps of the plan bring that back.',
  INIT_CANNOT_EXIT:
    'A namespace init sits in a foreign group of its own namespace: its exit will never finish by itself.',
  PID_CONFLICT: 'A number that the plan needs is taken on the target.',
  PID_MAX_EXCEEDED: 'A number is above the largest pid that Linux can give.',
  THREAD_ID_CONFLICT: 'A thread id of the image is also used as a number of another kind.',
  EXIT_STATUS_LOST: 'A wait status cannot be restored exactly.',
  GRAFT_IMPOSSIBLE: 'There is no graft with which CRIU would restore this tree: the detail says why.',
  STATE_UNKNOWN: 'The image does not say whether a process is alive or a zombie; alive is assumed.',
  STATE_STOPPED: 'Processes are stopped in the image; the plan makes them alive and does not stop them.',
  IMAGE_VERSION_UNKNOWN: 'The image has a version that is not known.',
  IMAGE_INCONSISTENT: 'Files of the image contradict each other.',
} as const;
export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;
