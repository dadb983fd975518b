/** Where the files of an image set are read from: a directory of a dump, or a checkpoint archive. */

import { GraftError } from './graft-error.ts';

export interface ImageSource {
  /** Names of the image set's own files, without a path. */
  readonly names: ReadonlySet<string>;
  /** The files of these names that are there, whole. May read everything once more: ask for all at once. */
  readonly read: (names: ReadonlySet<string>) => Promise<Map<string, Uint8Array>>;
}

/** @throws GraftError where it is not there */
export function neededFile(read: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = read.get(name);
  if (!bytes) throw new GraftError(`the image set has no ${name}`);
  return bytes;
}
