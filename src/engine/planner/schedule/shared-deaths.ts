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
import { type Elements, NO_NEED, type Places } from './elements.ts';
import { type Parentage, UNSET } from './parentage.ts';

export function shareDeaths(elements: Elements, parentage: Parentage, keepBirths: boolean): Origin | null {
  if (parentage.carriers.count === 0) return null;
  return withScratch(() => withSharedDeaths(elements, parentage, keepBirths));
}

function withSharedDeaths(
  { size, creator, phase, leads, dies, places }: Elements,
  { carriers, carrierOf, target }: Parentage,
  keepBirths: boolean,
): Origin | null {
  const count = creator.length;
  const takenFor = copyOf(target);
  const firstDying = int32s(count * 2, -1);
  const nextDying = int32s(count, -1);
  for (let e = count - 1; e > 0; e--) {
    if (creator[e]! < 0 || !dies[e] || (e < size && keepBirths) || carrierOf[e]! >= 0) continue;
    if (places !== null && places.namespace[e] !== places.namespace[creator[e]!]) continue;
    const place = creator[e]! * 2 + phase[e]!;
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

  const newCreator = creator.slice();
  const newPhase = phase.slice();
  let moved = 0;
  for (let e = 1; e < size; e++) {
    const h = carrierOf[e]!;
    if (h < 0 || bearer[h]! < 0) continue;
    if (places !== null && !mayMoveBirth(places, e, creator[e]!, bearer[h]! >= size)) continue;
    newCreator[e] = bearer[h]!;
    newPhase[e] = leads[bearer[h]!] ? BEFORE : AFTER;
    moved++;
  }
  return moved > 0 ? { creator: newCreator, phase: newPhase } : null;
}

/**
 * Is it all the same to e, which o makes, whether a carrier bears it or somebody who dies? Before its setsid a dead leader
 * is where the carrier would be, and in the same group.
 */
export function mayMoveBirth(places: Places, e: number, o: number, byLeader: boolean): boolean {
  if (places.sibling[e] || places.movedByParent[e] || places.stays.has(o)) return false;
  return byLeader || places.need[e] === NO_NEED;
}
