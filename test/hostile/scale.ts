/** How much of the suite runs: a selection with every test (`npm test`), or all of it (`npm run test:hostile`). */

const FULL = process.env.HOSTILE === 'full';

/** `few` of something in the selection, `all` of it in the whole suite. */
export function scaled(few: number, all: number): number {
  return FULL ? all : few;
}
