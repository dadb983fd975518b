/** Long texts in pieces of a size that is worth a write, with other requests getting their turn in between. */

import { setImmediate as turn } from 'node:timers/promises';

const BATCH = 32 * 1024;

export async function* inBatches(pieces: Iterable<string>): AsyncGenerator<string> {
  let batch = '';
  for (const piece of pieces) {
    batch += piece;
    if (batch.length < BATCH) continue;
    yield batch;
    batch = '';
    await turn();
  }
  if (batch) yield batch;
}
