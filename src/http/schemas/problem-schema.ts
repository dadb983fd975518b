/** Errors as clients see them, with an example of each code. */

import Type from 'typebox';
import {
  type Fault,
  PROBLEMS,
  Problem,
  type ProblemCode,
  problemBody,
  REQUEST_FAULT_CODES,
} from '../../errors.ts';
import { IMAGE_FAULT_CODES } from '../../formats/read-error.ts';

/** Every code that an entry of `errors` can have, with its meaning. */
export const FAULT_CODES: Readonly<Record<string, string>> = {
  ...REQUEST_FAULT_CODES,
  ...IMAGE_FAULT_CODES,
};

const meanings = (codes: Readonly<Record<string, string>>): string =>
  Object.entries(codes)
    .map(([code, says]) => `- \`${code}\`: ${says}`)
    .join('\n');

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ format: 'uri' }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.Enum(Object.keys(PROBLEMS) as ProblemCode[], {
      description: Object.entries(PROBLEMS)
        .map(([code, { status, title }]) => `- \`${code}\` (${status}): ${title}`)
        .join('\n'),
    }),
    detail: Type.String(),
    help: Type.String({ description: 'Cause and remedy of the code, in the guide of this server' }),
    instance: Type.Optional(Type.String({ description: 'Path of the request' })),
    requestId: Type.Optional(Type.String()),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          code: Type.Enum(Object.keys(FAULT_CODES), { description: meanings(FAULT_CODES) }),
          message: Type.String({ description: 'What is wrong, in a sentence' }),
          parameter: Type.Optional(Type.String({ description: 'Name of the query parameter' })),
          pointer: Type.Optional(Type.String({ description: 'JSON pointer into the body' })),
          file: Type.Optional(Type.String({ description: 'File of the image' })),
          offset: Type.Optional(Type.Integer({ description: 'Byte offset in the file or body' })),
          line: Type.Optional(Type.Integer({ description: 'Line of an NDJSON body, from 1' })),
        }),
        { description: 'The first of what is wrong, each with its place.' },
      ),
    ),
    errorsTotal: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Where more is wrong than `errors` lists' }),
    ),
  },
  { $id: 'Problem', description: 'An error (RFC 9457). `code` is stable.' },
);

interface ProblemExample {
  readonly detail: string;
  readonly errors?: readonly Fault[];
}

const EXAMPLES: Readonly<Record<ProblemCode, ProblemExample>> = {
  BODY_EMPTY: { detail: 'A tree image or a JSON object is expected.' },
  BODY_UNPARSABLE: { detail: "Body is not valid JSON but content-type is set to 'application/json'" },
  IMAGE_UNPARSABLE: {
    detail: 'The text ends too early.',
    errors: [{ code: 'JSON_SYNTAX', message: 'The text ends too early.', offset: 12 }],
  },
  QUERY_INVALID: {
    detail: 'The parameter limit must be <= 1000.',
    errors: [
      { code: 'PARAMETER_INVALID', parameter: 'limit', message: 'The parameter limit must be <= 1000.' },
    ],
  },
  REQUEST_INVALID: { detail: 'The connection ended before the body was complete.' },
  UNAUTHORIZED: { detail: 'A token is needed: Authorization: Bearer TOKEN.' },
  FORBIDDEN: { detail: 'This token may only read.' },
  RATE_LIMITED: { detail: 'This token may make 100 requests a second.' },
  NOT_FOUND: { detail: 'GET /v1/nothing' },
  TREE_NOT_FOUND: { detail: 'There is no tree with this id.' },
  SURROUNDINGS_NOT_FOUND: { detail: 'No upload of this tree had these surroundings.' },
  PLAN_NOT_FOUND: { detail: 'There is no plan with this id.' },
  METHOD_NOT_ALLOWED: { detail: 'Allowed here: GET, HEAD, OPTIONS.' },
  NOT_ACCEPTABLE: { detail: 'This address gives application/json, application/x-ndjson.' },
  REQUEST_TIMEOUT: { detail: 'The request did not come to its end in time.' },
  PLAN_NOT_READY: { detail: 'The plan is running.' },
  PLAN_EMPTY: { detail: 'Only a restorable plan can be checked against a target.' },
  GRAFT_IMPOSSIBLE: { detail: 'The tree has no plan, so there is nothing to graft.' },
  PLANS_OF_DIFFERENT_TREES: { detail: 'Only plans of one tree can be compared.' },
  PLAN_CANCELLED: { detail: 'The planning was cancelled.' },
  BODY_TOO_LARGE: { detail: 'The body may have 536870912 bytes.' },
  IMAGE_TOO_LARGE: {
    detail: 'The image has more than 2000000 processes.',
    errors: [{ code: 'LIMIT_EXCEEDED', message: 'The image has more than 2000000 processes.' }],
  },
  ENCODING_UNKNOWN: { detail: 'A body may be encoded as gzip or zstd; this one is br.' },
  FORM_UNKNOWN: { detail: 'The form of the upload is not known.' },
  IMAGE_INVALID: {
    detail: '2 is the pid of an earlier process too.',
    errors: [
      {
        code: 'DUPLICATE_PID',
        message: '2 is the pid of an earlier process too.',
        pointer: '/processes/2/pid',
      },
    ],
  },
  BODY_INVALID: {
    detail: 'The options are not valid.',
    errors: [{ code: 'FIELD_INVALID', message: 'The value must be >= 2.', pointer: '/options/helperPidMin' }],
  },
  HEADER_TOO_LARGE: { detail: 'The address and the header fields together are too long.' },
  QUEUE_FULL: { detail: '17 requests are being worked on or wait already.' },
  SHUTTING_DOWN: { detail: 'No new plans are taken.' },
  WORKER_LOST: { detail: 'The worker thread ran out of memory.' },
  STORE_UNAVAILABLE: { detail: 'The store of trees and plans cannot do it at the moment.' },
  STORE_FULL: { detail: 'There is no room left where trees and plans are kept.' },
  INTERNAL: { detail: 'An unexpected error; the log has it under this request id.' },
};

/** The error answers of a route, by status, with an example of each of its codes. */
export function problemAnswers(codes: readonly ProblemCode[]): Record<number, object> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set([...codes, ...OF_TOKENS])) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      status,
      {
        description: ofStatus.map((code) => PROBLEMS[code].title).join('; '),
        content: {
          'application/problem+json': {
            schema: Type.Ref('Problem'),
            examples: Object.fromEntries(ofStatus.map((code) => [code, { value: problemExample(code) }])),
          },
        },
      },
    ]),
  );
}

/** Whatever takes tokens can answer these (plugins/authorization.ts). */
const OF_TOKENS: readonly ProblemCode[] = ['UNAUTHORIZED', 'FORBIDDEN', 'RATE_LIMITED'];

function problemExample(code: ProblemCode): object {
  const { detail, errors } = EXAMPLES[code];
  return problemBody(new Problem(code, detail, errors ? { errors } : {}));
}
