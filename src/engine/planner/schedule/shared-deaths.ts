/**
 * Shared deaths: carriers that are not needed, because a sibling dies in the plan anyway (theory, section 10, R2
 * carried further).
 *
 * In: an origin with its parentage. Out: an origin in which whoever a carrier was to bear is born by a dead leader or
 * a zombie of the same creator and phase instead — before its setsid, so that it is in the same region — where that
 * one hands its children to the same wanted parent. Null: nothing to gain.
 * `keepBirths`: dead leaders only. A zombie stays in the image, so whoever it bears has it as closest alive born
 * ancestor; a dead leader is reaped and is nobody's.
 * Invariant: elements only gain ancestors, so the origin stays valid (theory, lemma L3). Cost: O(elements).
 */

import { copyOf, int32s, withScratch } from '../../tree/scratch.ts';
import { AFTER, BEFORE, type Origin } from '../origin.ts';
import { elementLeads, type OriginProblem } from '../origin-problem.ts';
import { type Mortality, type Parentage, UNSET } from './parentage.ts';

export function shareDeaths(
  problem: OriginProblem,
  origin: Origin,
  parentage: Parentage,
  mortality: Mortality,
  keepBirths = false,
): Origin | null {
  if (parentage.carriers.count === 0) return null;
  return withScratch(() => withSharedDeaths(problem, origin, parentage, mortality, keepBirths));
}

function withSharedDeaths(
  problem: OriginProblem,
  origin: Origin,
  parentage: Parentage,
  { size, zombie }: Mortality,
  keepBirths: boolean,
): Origin | null {
  const { carriers, carrierOf, target } = parentage;
  const elements = origin.creator.length;
  const takenFor = copyOf(target);
  const firstDying = int32s(elements * 2, -1);
  const nextDying = int32s(elements, -1);
  for (let e = elements - 1; e > 0; e--) {
    if (origin.creator[e]! < 0 || (e < size && (keepBirths || !zombie[e])) || carrierOf[e]! >= 0) continue;
    const place = origin.creator[e]! * 2 + origin.phase[e]!;
    nextDying[e] = firstDying[place]!;
    firstDying[place] = e;
  }

  const bearer = int32s(carriers.count, -1);
  let shared = 0;
  for (let h = 0; h < carriers.count; h++) {
    const p = carriers.target[h]!;
    let e = firstDying[carriers.creator[h]! * 2 + carriers.phase[h]!]!;
    while (e >= 0 && takenFor[e] !== UNSET && takenFor[e] !== p) e = nextDying[e]!;
    if (e < 0) continue;
    takenFor[e] = p;
    bearer[h] = e;
    shared++;
  }
  if (shared === 0) return null;

  const creator = origin.creator.slice();
  const phase = origin.phase.slice();
  for (let e = 1; e < size; e++) {
    const h = carrierOf[e]!;
    if (h < 0 || bearer[h]! < 0) continue;
    creator[e] = bearer[h]!;
    phase[e] = elementLeads(problem, bearer[h]!) ? BEFORE : AFTER;
  }
  return { creator, phase };
}
