/** What a store cannot do, and why: by value, since it crosses from the store's thread. */

import { Problem } from '../errors.ts';

/** `full`: no room on the disk. `unusable`: nothing will change that but a person. `failing`: it may pass. */
export type FailureKind = 'full' | 'failing' | 'unusable';

export class StoreFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }

  /** As an answer; details are for the log. */
  get problem(): Problem {
    return this.kind === 'full'
      ? new Problem('STORE_FULL', 'There is no room left where trees and plans are kept.', { cause: this })
      : new Problem('STORE_UNAVAILABLE', 'The store of trees and plans cannot do it at the moment.', {
          cause: this,
          headers: { 'retry-after': '5' },
        });
  }
}

const SQLITE_FULL = 13;
const SQLITE_CORRUPT = 11;
const SQLITE_NOT_A_DATABASE = 26;

/** @param error of SQLite, the file system or PostgreSQL */
export function storeFailure(error: unknown): StoreFailure {
  if (error instanceof StoreFailure) return error;
  const { code, errcode, message } = error as { code?: string; errcode?: number; message: string };
  const primary = errcode === undefined ? undefined : errcode & 0xff;
  const isFull = primary === SQLITE_FULL || code === 'ENOSPC' || code === 'EDQUOT' || code === '53100';
  const isDamaged = primary === SQLITE_CORRUPT || primary === SQLITE_NOT_A_DATABASE;
  const kind = isFull ? 'full' : isDamaged ? 'unusable' : 'failing';
  return new StoreFailure(kind, message, error);
}
