/**
 * A directory, and those above it, made where they are not there.
 *
 * Node's own `recursive` asks for ever where a folder is there in which none can be made, as in /proc.
 */

import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** @returns whether it was made. @throws what mkdir says */
export function makeDirectory(path: string, mode?: number): boolean {
  if (isDirectory(path)) return false;
  const above = dirname(path);
  if (above !== path) makeDirectory(above, mode);
  try {
    mkdirSync(path, mode);
    return true;
  } catch (error) {
    // Another one was faster.
    if (isDirectory(path)) return false;
    throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
