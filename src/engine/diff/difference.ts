/** How a rebuilt tree can differ from its image: a process missing, one too many, or a field with another value. */

import type { Kind } from '../tree/sharing-columns.ts';

export type FieldName =
  | 'ppid'
  | 'pgid'
  | 'sid'
  | 'state'
  | 'childSubreaper'
  | 'exitStatus'
  | 'pidns'
  | 'pidnsForChildren'
  | 'nspid'
  | 'nspgid'
  | 'nssid'
  | 'threads'
  | Kind
  | 'exitSignal'
  | 'ttyNr';

export type FieldValue = number | boolean | string | null | readonly number[];

export interface MissingProcess {
  readonly kind: 'missing';
  readonly pid: number;
}

/** A helper that is still there, or a child nobody has waited for. */
export interface ExtraProcess {
  readonly kind: 'extra';
  readonly pid: number;
  readonly ppid: number;
  readonly state: string;
}

export interface FieldDifference {
  readonly kind: 'field';
  readonly pid: number;
  /** The field's name in the image. */
  readonly field: FieldName;
  readonly expected: FieldValue;
  readonly actual: FieldValue;
}

export type Difference = MissingProcess | ExtraProcess | FieldDifference;

/** Differences up to a limit, with their number in all. */
export class DifferenceList {
  total = 0;
  readonly listed: Difference[] = [];
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(difference: Difference): void {
    this.total++;
    if (this.listed.length < this.limit) this.listed.push(difference);
  }

  field(pid: number, field: FieldName, expected: FieldValue, actual: FieldValue): void {
    this.add({ kind: 'field', pid, field, expected, actual });
  }
}
