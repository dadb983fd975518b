/**
 * Requests that are complete in the same turn of the event loop go on together.
 *
 * What waits here goes on in one run of the microtasks, so that the requests take each step of theirs one after the
 * other, as far as every step awaits the one before: reading, reading, …, planning, planning, …. A step's code is then
 * in the processor's caches for all but the first of them. A request that is alone waits for nothing but its turn; where
 * many wait, MOST go on, are answered, and the loop turns before the next.
 *
 * Without this a tree of 100 processes that was never seen costs the server 1.14 times the CPU where ten clients ask at
 * a time, 1.33 times where twenty do (medians of seven and of nine pairs, on a busy machine of two cores).
 */

/** Of 10, 20 and 50 at a time, 2,220, 2,450 and 2,600 a second were planned. */
const MOST = 32;

let waiting: (() => void)[] = [];

export function withOthersOfThisTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(goOn);
  });
}

function goOn(): void {
  const group = waiting.slice(0, MOST);
  waiting = waiting.slice(MOST);
  if (waiting.length > 0) setImmediate(goOn);
  for (const resolve of group) resolve();
}
