/** How much of the long tests runs: a share of each within `npm test`, all of them by `npm run test:full`. */

export const FULL = process.env.TESTS === 'full';

/** `few` of something in the share, `all` of it at full size. */
export function scaled(few: number, all: number): number {
  return FULL ? all : few;
}

/** Every `step`th of `all` in the share. */
export function shareOf<T>(all: readonly T[], step: number): readonly T[] {
  return FULL ? all : all.filter((_, at) => at % step === 0);
}
