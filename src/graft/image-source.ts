/** Where the files of an image set are read from: a directory of a dump, or a checkpoint archive. */

import { GraftError } from './graft-error.ts';

export interface ImageSource {
  /** Names of the image set's own files, without a path. */
  readonly names: ReadonlySet<string>;
  /** The files of these names that are there, whole. May read everything once more: ask for all at once. */
  readonly read: (names: ReadonlySet<string>) => Promise<Map<string, Uint8Array>>;
}

/** Reads each file once, and keeps what was read. */
export function readOnce({ names, read }: ImageSource): ImageSource {
  const known = new Map<string, Uint8Array>();
  return {
    names,
    read: async (wanted) => {
      const missing = new Set([...wanted].filter((name) => names.has(name) && !known.has(name)));
      if (missing.size > 0) for (const [name, bytes] of await read(missing)) known.set(name, bytes);
      const files = new Map<string, Uint8Array>();
      for (const name of wanted) {
        const bytes = known.get(name);
        if (bytes) files.set(name, bytes);
      }
      return files;
    },
  };
}

/** @throws GraftError where it is not there */
export function neededFile(read: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = read.get(name);
  if (!bytes) throw new GraftError(`the image set has no ${name}`);
  return bytes;
}
