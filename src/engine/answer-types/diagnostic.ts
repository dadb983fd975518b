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
  INIT_CANNOT_EXIT:
    'A namespace init sits in a foreign group of its own namespace: its exit will never finish by itself.',
  PID_CONFLICT: 'A number that the plan needs is taken on the target.',
  PID_MAX_EXCEEDED: 'A number is above the largest pid that Linux can give.',
  THREAD_ID_CONFLICT: 'A thread id of the image is also used as a number of another kind.',
  EXIT_STATUS_LOST: 'A wait status cannot be restored exactly.',
  GRAFT_IMPOSSIBLE: 'There is no graft with which CRIU would restore this tree: the detail says why.',
  STATE_UNKNOWN: 'The image does not say whether a process is alive or a zombie; alive is assumed.',
  IMAGE_INCONSISTENT: 'Files of the image contradict each other.',
} as const;
export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;
