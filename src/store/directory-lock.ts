/** One server for one data directory. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileLock } from '../file-lock.ts';
import { StoreFailure } from './store-failure.ts';

/** @throws StoreFailure naming who has it */
export function lockDirectory(directory: string): FileLock {
  const owner = join(directory, 'owner');
  const lock = FileLock.take(join(directory, 'lock'));
  if (!lock) throw new StoreFailure('unusable', `${directory} is in use by another Regraft${pidIn(owner)}.`);
  writeFileSync(owner, `${process.pid}\n`);
  return lock;
}

function pidIn(file: string): string {
  try {
    return ` (pid ${readFileSync(file, 'utf8').trim()})`;
  } catch {
    return '';
  }
}
