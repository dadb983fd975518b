/**
 * The image set that CRIU is to be given, and what has to be done afterwards.
 *
 * In: a directory with images, grafted already or not. Out: the directory for CRIU and the graft's file. A tree that
 * CRIU restores by itself is left where it is, and has an empty graft.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError, systemErrorInWords } from '../command.ts';
import type { CriuRelease } from '../engine/handover/graft.ts';
import { GRAFT_FILE } from '../formats/graft-file.ts';
import type { GraftFile } from '../formats/graft-schema.ts';
import { ReadError } from '../formats/read-error.ts';
import { GraftError } from '../graft/graft-error.ts';
import { graftImageDirectory } from '../graft/graft-images.ts';
import { writeDirectory } from '../graft/image-directory.ts';
import { RestoreError } from './native-finisher.ts';

export interface PreparedImages {
  readonly images: string;
  readonly graft: GraftFile;
}

/**
 * @param into where a rewritten image set goes; made only where there is one
 * @throws RestoreError
 */
export async function prepareImages(
  directory: string,
  into: string,
  criu: CriuRelease,
): Promise<PreparedImages> {
  if (existsSync(join(directory, GRAFT_FILE)))
    return { images: directory, graft: await readGraft(directory) };
  try {
    const { graft, files } = await graftImageDirectory(directory, { criu });
    if (graft.outcome === 'impossible') {
      const why = graft.diagnostics.map(({ message }) => message).join(' ');
      throw new RestoreError(`CRIU does not restore this tree, and no graft makes it: ${why}`);
    }
    if (graft.outcome === 'graft') writeDirectory(directory, into, files);
    const file = JSON.parse(new TextDecoder().decode(files.get(GRAFT_FILE))) as GraftFile;
    return { images: graft.outcome === 'graft' ? into : directory, graft: file };
  } catch (error) {
    const told = error instanceof GraftError || error instanceof ReadError;
    if (told || (error instanceof Error && isSystemError(error)))
      throw new RestoreError(systemErrorInWords(error));
    throw error;
  }
}

/** @throws RestoreError where the file is none that `regraft graft` writes */
export async function readGraft(directory: string): Promise<GraftFile> {
  const file = join(directory, GRAFT_FILE);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new RestoreError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const [{ Compile }, { GraftFileSchema }] = await Promise.all([
    import('typebox/compile'),
    import('../formats/graft-schema.ts'),
  ]);
  if (!Compile(GraftFileSchema).Check(value)) {
    throw new RestoreError(`${file} is not what regraft graft writes`);
  }
  return value as GraftFile;
}
