/**
 * Where the log goes: standard output, in blocks, at the latest after a second. A write a request would cost a small plan a
 * tenth of its time.
 *
 * A log that cannot be written, since its reader is gone or its disk is full, is lost and holds up nobody: what is
 * kept for it is bounded, and an end waits for it no longer than one attempt.
 */

import { pino } from 'pino';

const MOST_KEPT = 1 << 20;

export const LOG_OUTPUT = pino.destination({
  dest: 1,
  sync: false,
  minLength: 4096,
  periodicFlush: 1000,
  maxLength: MOST_KEPT,
});

let isBroken = false;
LOG_OUTPUT.on('error', () => {
  isBroken = true;
});
LOG_OUTPUT.on('write', () => {
  isBroken = false;
});
const flushSync = LOG_OUTPUT.flushSync.bind(LOG_OUTPUT);
// Called at the exit, it would try for ever.
LOG_OUTPUT.flushSync = () => {
  if (!isBroken) flushSync();
};

/** Resolves when what was logged until now is written, or could not be. To be awaited before the exit. */
export function logWritten(): Promise<void> {
  return new Promise((resolve) => LOG_OUTPUT.flush(() => resolve()));
}
