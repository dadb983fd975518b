/** Loaded before the server: says which packages it asks for, a line each, on standard error. */

import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    if (/^[@a-z]/.test(specifier) && !specifier.includes(':')) process.stderr.write(`${specifier}\n`);
    return next(specifier, context);
  },
});
