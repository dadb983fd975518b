/** What readers find wrong with an upload: statuses, codes, and the error that carries them. */

import type { Log } from '../engine/requirements/surroundings.ts';
import { TREE_FAULT_CODES } from '../engine/tree/tree-fault.ts';
import type { Fault } from '../errors.ts';

/** 400 not parseable, 413 over a limit, 415 form not known, 422 parseable and not a tree image. */
export type ReadStatus = 400 | 413 | 415 | 422;

/** Codes of the faults that readers find; those of trees are in engine/tree/tree-fault.ts. */
export const READ_FAULT_CODES = {
  JSON_SYNTAX: 'The text is not JSON.',
  JSON_TOO_DEEP: 'The JSON text is nested deeper than any tree image.',
  JSON_DUPLICATE_MEMBER: 'An object has two members of one name.',
  NOT_UTF8: 'The text is not UTF-8.',
  FIELD_MISSING: 'A required field is missing.',
  FIELD_UNKNOWN: 'A field is not part of a tree image.',
  FIELD_INVALID: 'A field has a value of the wrong type or range.',
  THREAD_CLASSES_LENGTH: 'The classes of threads do not have one number a thread.',
  IMAGE_EMPTY: 'There is nothing in the upload.',
  IMAGE_TRUNCATED: 'A file ends in the middle of an entry.',
  IMAGE_MAGIC: 'A file does not begin with the magic number of its kind.',
  IMAGE_MESSAGE: 'An entry is not a protobuf message of its kind.',
  IMAGE_ENTRIES: 'A file does not have the number of entries of its kind.',
  FILE_ABSENT: 'A file that the image needs is missing.',
  FILE_TWICE: 'A file of the image is there twice.',
  FILE_NOT_REGULAR: 'A file of the image is a link, a device or a directory.',
  ARCHIVE_BROKEN: 'The archive is damaged or ends too early.',
  ARCHIVE_PATH: 'A member of the archive has a path that leads out of it.',
  NUMBERS_ABSENT: 'Processes live in several pid namespaces, and the image has one number of each.',
  SET_UNNAMED: 'The archive has several image sets and none is named.',
  SET_ABSENT: 'The image set that is named is not in the archive.',
  FORM_UNKNOWN: 'The form of the upload is not known.',
  LIMIT_EXCEEDED: 'The upload is over a limit of this service.',
} as const;
/** Codes of all faults of images: the readers' and the trees'. */
export const IMAGE_FAULT_CODES = { ...READ_FAULT_CODES, ...TREE_FAULT_CODES };
export type ReadFaultCode = keyof typeof READ_FAULT_CODES;

export type ReadFault = Fault;

/** Why an upload could not be read. Thrown inside the readers, turned into a result by `readTree`. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
  readonly status: ReadStatus;
  /** The first faults of `total`. */
  readonly faults: readonly ReadFault[];
  readonly total: number;
  /** Logs of CRIU that the upload has nevertheless. */
  readonly logs: readonly Log[];

  constructor(
    status: ReadStatus,
    faults: readonly ReadFault[],
    total = faults.length,
    logs: readonly Log[] = [],
  ) {
    super(faults[0]?.message ?? 'The upload cannot be read.');
    this.status = status;
    this.faults = faults;
    this.total = total;
    this.logs = logs;
  }
}

/** An error with one fault. */
export function readError(
  status: ReadStatus,
  code: ReadFaultCode,
  message: string,
  where: Omit<Fault, 'code' | 'message'> = {},
): ReadError {
  return new ReadError(status, [{ code, message, ...where }]);
}
