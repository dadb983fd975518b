/**
 * Requests that are complete in the same turn of the event loop go on together.
 *
 * What waits here goes on in one run of the microtasks, so that the requests take each step of theirs one after the
 * other, as far as every step awaits the one before: reading, reading, …, planning, planning, …. A step's code is then
 * in the processor's caches for all but the first of them (docs/architecture.md has the figures). A request that is
 * alone waits for nothing but its turn.
 */

let turn: Promise<void> | null = null;

export function withOthersOfThisTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = null;
      resolve();
    });
  });
  return turn;
}
