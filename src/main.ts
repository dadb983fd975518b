/** `npm start`. What needs a current Node is loaded after the look at it. */

import { nodeTooOld } from './this-package.ts';

const tooOld = nodeTooOld();
if (tooOld) {
  process.stderr.write(`${tooOld}\n`);
  process.exitCode = 1;
} else {
  const { loadService } = await import('./load-service.ts');
  const { serve } = await loadService();
  process.exitCode = await serve(process.env);
}
