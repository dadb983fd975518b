/** Does what a preflight judged still hold? Asked by `regraft restore --check` before anything is begun. */

import { ReadError } from '../formats/read-error.ts';
import { changedFacts } from '../target/check-token.ts';
import { judgedHere } from '../target/image-requirements.ts';
import { givenValue } from './criu-program.ts';
import { RestoreError } from './native-finisher.ts';

/**
 * @param options for CRIU; its --root is where paths of the image begin
 * @throws RestoreError saying what has changed
 */
export async function checkTarget(
  directory: string,
  token: string,
  criu: string,
  options: readonly string[],
): Promise<void> {
  const root = givenValue(options, '-r', '--root') ?? '/';
  const judgement = await judgedHere(directory, root, criu).catch((error) => {
    throw error instanceof ReadError ? new RestoreError(error.message) : error;
  });
  const changed = changedFacts(token, judgement);
  if (!changed) throw new RestoreError('--check needs the token of a preflight');
  if (changed.length === 0) return;
  throw new RestoreError(`since the preflight these facts have changed: ${changed.join('; ')}`);
}
