/**
 * The service, as whichever program starts it needs it: the bundle of dist/service (rolldown.config.ts), which starts
 * quicker than the modules that it is made of, unless they are newer. The code that V8 has compiled is kept in
 * dist/compile-cache, where that folder can be written.
 */

import { statSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** dist/src. */
const HERE = import.meta.dirname;
const BUILT = join(HERE, 'serve.js');
const BUNDLED = join(HERE, '../service/serve.js');
const COMPILED = join(HERE, '../compile-cache');

export async function loadService(): Promise<typeof import('./serve.ts')> {
  module.enableCompileCache(COMPILED);
  return import(pathToFileURL(isCurrent() ? BUNDLED : BUILT).href);
}

function isCurrent(): boolean {
  const made = statSync(BUNDLED, { throwIfNoEntry: false });
  return made !== undefined && made.mtimeMs >= statSync(BUILT).mtimeMs;
}
