/** What all readers make of an upload, and how they name places in it. */

import type { Diagnostic } from '../engine/answer-types/diagnostic.ts';
import type { Surroundings } from '../engine/requirements/surroundings.ts';
import type { ProcessColumns } from '../engine/tree/process-columns.ts';
import type { Fault } from '../errors.ts';

/** Where something stands in an upload: a JSON pointer, or a file of the image with its byte offset. */
export type Place = Pick<Fault, 'pointer' | 'file' | 'offset' | 'line'>;

/** What a reader makes of an upload. */
export interface ReadImage {
  readonly columns: ProcessColumns;
  /** What the reader had to assume, and where the upload's files contradict each other. */
  readonly findings: readonly Diagnostic[];
  /** What the image says beside the tree; left out or null where its form has nothing of it. */
  readonly surroundings?: Surroundings | null;
  /** Place of a field of a row; row −1: `field` is the path from the image. */
  readonly locate: (row: number, field: string) => Place;
}
