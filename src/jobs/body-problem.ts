/** What is wrong with a body that is no tree image, as a problem. */

import { Problem, type ProblemCode } from '../errors.ts';
import type { ReadError, ReadStatus } from '../formats/read-error.ts';

const CODES: Readonly<Record<ReadStatus, ProblemCode>> = {
  400: 'BODY_UNPARSABLE',
  413: 'BODY_TOO_LARGE',
  415: 'FORM_UNKNOWN',
  422: 'BODY_INVALID',
};

export function bodyProblem({ status, faults, total, message }: ReadError): Problem {
  return new Problem(CODES[status], message, { errors: faults, total });
}
