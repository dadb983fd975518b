/**
 * The catalogue of errors: every `code` that the API can answer with, its HTTP status and its title.
 *
 * Codes are stable; clients branch on them. A tree that cannot be restored is not an error: it is a plan whose
 * outcome is `unrestorable`.
 */

export const PROBLEMS = {
  BODY_EMPTY: { status: 400, title: 'The request has no body' },
  BODY_UNPARSABLE: { status: 400, title: 'The body cannot be parsed' },
  IMAGE_UNPARSABLE: { status: 400, title: 'The image cannot be parsed' },
  QUERY_INVALID: { status: 400, title: 'A query parameter is invalid' },
  REQUEST_INVALID: { status: 400, title: 'The request is invalid' },
  UNAUTHORIZED: { status: 401, title: 'A token is needed' },
  FORBIDDEN: { status: 403, title: 'The token does not allow it' },
  NOT_FOUND: { status: 404, title: 'There is nothing at this address' },
  TREE_NOT_FOUND: { status: 404, title: 'No such tree' },
  SURROUNDINGS_NOT_FOUND: { status: 404, title: 'No such surroundings' },
  PLAN_NOT_FOUND: { status: 404, title: 'No such plan' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The method is not allowed here' },
  NOT_ACCEPTABLE: { status: 406, title: 'None of the accepted media types can be given' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request took too long to come' },
  PLAN_NOT_READY: { status: 409, title: 'The plan is not ready' },
  PLAN_EMPTY: { status: 409, title: 'The plan has no steps' },
  GRAFT_IMPOSSIBLE: { status: 409, title: 'There is no graft for this tree' },
  PLANS_OF_DIFFERENT_TREES: { status: 409, title: 'The plans belong to different trees' },
  PLAN_CANCELLED: { status: 409, title: 'The planning was cancelled' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  IMAGE_TOO_LARGE: { status: 413, title: 'The image is too large' },
  ENCODING_UNKNOWN: { status: 415, title: 'The content encoding of the body is not known' },
  FORM_UNKNOWN: { status: 415, title: 'The form of the body is not known' },
  IMAGE_INVALID: { status: 422, title: 'The image is not a process tree' },
  BODY_INVALID: { status: 422, title: 'The body is not what this call takes' },
  RATE_LIMITED: { status: 429, title: 'Too many requests by this token' },
  HEADER_TOO_LARGE: { status: 431, title: 'The header fields are too large' },
  QUEUE_FULL: { status: 503, title: 'Too many plans are waiting' },
  SHUTTING_DOWN: { status: 503, title: 'The service is shutting down' },
  WORKER_LOST: { status: 500, title: 'The worker thread of this request was lost' },
  STORE_UNAVAILABLE: { status: 503, title: 'The store does not answer' },
  STORE_FULL: { status: 507, title: 'The store has no room left' },
  INTERNAL: { status: 500, title: 'The service failed' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Codes of the faults of requests; those of images are in formats/read-error.ts and engine/tree/tree-fault.ts. */
export const REQUEST_FAULT_CODES = {
  PARAMETER_UNKNOWN: 'There is no such query parameter.',
  PARAMETER_INVALID: 'A query parameter has a value that it cannot have.',
  BIRTH_UNKNOWN: 'A birth to assume names a process that is not in the tree, or itself.',
  MULTIPART_BROKEN: 'A multipart body names no boundary, or ends before its last one.',
  FILE_TOO_MANY: 'A multipart body has a file that is an upload, and others beside it.',
  LINE_REFUSED: 'A line of a batch could not be answered; the problem says why.',
} as const;

/** One thing that is wrong: where it is in the body (a JSON pointer), the image (a file, a byte offset), the query. */
export interface Fault {
  /** Stable: one of the codes of requests, readers and trees. */
  readonly code: string;
  readonly message: string;
  /** Name of the query parameter. */
  readonly parameter?: string;
  readonly pointer?: string;
  readonly file?: string;
  readonly offset?: number;
  /** Line of an NDJSON body, from 1. */
  readonly line?: number;
}

export interface ProblemDetails {
  readonly errors?: readonly Fault[];
  /** Faults in all; `errors` has the first of them. */
  readonly total?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A problem on its way between threads, which classes do not survive. */
export interface ProblemByValue {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly Fault[];
  readonly total: number;
}

/** Thrown anywhere outside the engine, rendered in one place (http/plugins/problem-json.ts). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: readonly Fault[];
  readonly total: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, more: ProblemDetails = {}) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.errors = more.errors ?? [];
    this.total = more.total ?? this.errors.length;
    this.headers = more.headers ?? {};
  }

  static of({ code, detail, errors, total }: ProblemByValue): Problem {
    return new Problem(code, detail, { errors, total });
  }

  byValue(): ProblemByValue {
    const { code, message, errors, total } = this;
    return { code, detail: message, errors, total };
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }
}

/** The body of an `application/problem+json` answer (RFC 9457). */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  /** Cause and remedy, in the guide of the server that answers. */
  readonly help: string;
  readonly instance?: string;
  readonly requestId?: string;
  readonly errors?: readonly Fault[];
  /** Where there are more faults than `errors` lists. */
  readonly errorsTotal?: number;
}

export function problemBody(
  problem: Problem,
  where: { instance?: string; requestId?: string } = {},
): ProblemBody {
  const { status, title } = PROBLEMS[problem.code];
  return {
    type: `urn:regraft:problem:${problem.code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    code: problem.code,
    detail: problem.message,
    help: `/guide/errors#${problem.code.toLowerCase()}`,
    ...where,
    ...(problem.errors.length ? { errors: problem.errors } : {}),
    ...(problem.total > problem.errors.length ? { errorsTotal: problem.total } : {}),
  };
}
