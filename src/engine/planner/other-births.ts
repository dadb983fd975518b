/**
 * Other births than those that were found, for a local search: a few leaders at a time get other birth sessions.
 *
 * In: births, and what says of changed ones whether they are better. Out: the first changes that are, one leader's
 * before those of two, and so on. Cost: what the trying of the changes costs.
 */

import type { SessionIndex } from '../tree/index-kinds.ts';
import { isRootRegion, type OriginProblem } from './origin-problem.ts';

/** The leader of a session gets another birth session. */
export interface BirthChange {
  readonly session: SessionIndex;
  readonly to: SessionIndex;
}

/** By leader all other birth sessions. */
export function otherBirths(problem: OriginProblem, birth: Int32Array): BirthChange[][] {
  const { sessionCount } = problem;
  const others: BirthChange[][] = [];
  for (let session = 0; session < sessionCount; session++) {
    if (isRootRegion(problem, session)) continue;
    const changes: BirthChange[] = [];
    for (let to = 0; to < sessionCount; to++)
      if (to !== session && to !== birth[session]) changes.push({ session, to });
    others.push(changes);
  }
  return others;
}

/** Null: no change of up to `most` births is better, or there is no work left for more. */
export function betterChanges(
  others: readonly (readonly BirthChange[])[],
  most: number,
  mayGoOn: () => boolean,
  areBetter: (changes: readonly BirthChange[]) => boolean,
): readonly BirthChange[] | null {
  /** With `count` more, of the leaders from the given one on. */
  const tried = (
    count: number,
    from: number,
    before: readonly BirthChange[],
  ): readonly BirthChange[] | null => {
    for (let i = from; i < others.length; i++) {
      for (const change of others[i]!) {
        if (!mayGoOn()) return null;
        const changes = [...before, change];
        const found = count > 1 ? tried(count - 1, i + 1, changes) : areBetter(changes) ? changes : null;
        if (found) return found;
      }
    }
    return null;
  };
  for (let count = 1; count <= most; count++) {
    const found = tried(count, 0, []);
    if (found) return found;
  }
  return null;
}

/** All changes at once; where that is no better, one half and the other, at most `tries` times in all. */
export function triedByHalves<T>(
  all: readonly T[],
  tries: number,
  areBetter: (changes: readonly T[]) => boolean,
): void {
  const queue = all.length > 0 ? [all] : [];
  for (let left = tries; left > 0; left--) {
    const changes = queue.shift();
    if (!changes) return;
    if (areBetter(changes) || changes.length === 1) continue;
    const half = changes.length >> 1;
    queue.push(changes.slice(0, half), changes.slice(half));
  }
}

/** A copy of births with these changes. */
export function withChanges(birth: Int32Array, changes: readonly BirthChange[]): Int32Array {
  const changed = birth.slice();
  for (const { session, to } of changes) changed[session] = to;
  return changed;
}
