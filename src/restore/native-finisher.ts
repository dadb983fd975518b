/** Where the native finisher is, built when it is missing or older than its source. */

import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NATIVE = fileURLToPath(new URL('../../../native', import.meta.url));
const FINISHER = `${NATIVE}/build/regraft-finish`;

/** What an operator can act on: one sentence. */
export class RestoreError extends Error {}

/** @throws RestoreError where it cannot be built. */
export function nativeFinisher(): string {
  if (!isBuilt()) {
    const { status } = spawnSync('make', ['-s', '-C', NATIVE], { stdio: ['ignore', 2, 2] });
    if (status !== 0) {
      throw new RestoreError('the native finisher could not be built: it needs make and a C compiler');
    }
  }
  return FINISHER;
}

function isBuilt(): boolean {
  const built = statSync(FINISHER, { throwIfNoEntry: false });
  const source = join(NATIVE, 'finish');
  return (
    built !== undefined &&
    readdirSync(source).every((name) => statSync(join(source, name)).mtimeMs <= built.mtimeMs)
  );
}
