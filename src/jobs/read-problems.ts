/** What readers found wrong with an image, or with another body, as a problem. */

import { Problem, type ProblemCode } from '../errors.ts';
import type { ReadError, ReadStatus } from '../formats/read-error.ts';
import type { NotRead } from '../formats/read-tree.ts';

type Codes = Readonly<Record<ReadStatus, ProblemCode>>;

const OF_BODY: Codes = {
  400: 'BODY_UNPARSABLE',
  413: 'BODY_TOO_LARGE',
  415: 'FORM_UNKNOWN',
  422: 'BODY_INVALID',
};

const OF_IMAGE: Codes = {
  400: 'IMAGE_UNPARSABLE',
  413: 'IMAGE_TOO_LARGE',
  415: 'FORM_UNKNOWN',
  422: 'IMAGE_INVALID',
};

export function bodyProblem({ status, faults, total, message }: ReadError): Problem {
  return new Problem(OF_BODY[status], message, { errors: faults, total });
}

export function imageProblem({
  status,
  faults,
  total,
}: Pick<NotRead, 'status' | 'faults' | 'total'>): Problem {
  const detail = faults[0]?.message ?? 'The upload cannot be read.';
  return new Problem(OF_IMAGE[status], detail, { errors: faults, total });
}
