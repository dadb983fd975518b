/** Where the native finisher is, built when it is missing. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NATIVE = fileURLToPath(new URL('../../../native', import.meta.url));
const FINISHER = `${NATIVE}/build/regraft-finish`;

/** What an operator can act on: one sentence. */
export class RestoreError extends Error {}

/** @throws RestoreError where it cannot be built. */
export function nativeFinisher(): string {
  if (!existsSync(FINISHER)) {
    const { status } = spawnSync('make', ['-s', '-C', NATIVE], { stdio: ['ignore', 2, 2] });
    if (status !== 0) {
      throw new RestoreError('the native finisher could not be built: it needs make and a C compiler');
    }
  }
  return FINISHER;
}
