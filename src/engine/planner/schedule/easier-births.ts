/**
 * Easier births: for whom births wait in a circle, so that a carrier would be needed, a way without one.
 *
 * Somebody must be born before its creator's setsid, in a namespace whose init comes from whoever that creator makes
 * afterwards. These leaders are made before the setsid too: they lead, so all that changes is the session they are born in.
 * In: elements, who is late. Out: an origin in which they are not; null where nothing can be changed. Invariant: creators
 * stay; whoever changes its birth session has no child from before its own setsid.
 * Cost: O(elements + prerequisites of the late).
 */

import { itemsOf } from '../../tree/adjacency.ts';
import { BEFORE, type Origin } from '../origin.ts';
import type { Elements } from './elements.ts';
import type { OriginWalk } from './origin-walk.ts';
import { CARRIED, type Parentage } from './parentage.ts';

export function easierBirths(
  { creator, phase, leads, places }: Elements,
  walk: OriginWalk,
  { mode }: Parentage,
  late: Uint8Array,
): Origin | null {
  const newPhase = phase.slice();
  let changed = false;

  const isFlippable = (c: number): boolean => {
    const [first] = itemsOf(walk.children, c);
    const hasChildBefore = first !== undefined && phase[first] === BEFORE;
    return leads[c] === 1 && places!.freeBirth[c] === 1 && !hasChildBefore;
  };
  /** Children of o, made after its setsid, from whom the namespaces of e come. */
  const prerequisites = (e: number, o: number): number[] => {
    const found: number[] = [];
    const { initOf, parentNamespace, namespace, hidden } = places!;
    for (let n = namespace[e]!; n > hidden; n = parentNamespace[n]!) {
      let c = initOf[n]!;
      while (c > 0 && creator[c] !== o) c = creator[c]!;
      if (c > 0 && c !== e && phase[c] !== BEFORE && !found.includes(c)) found.push(c);
    }
    return found;
  };

  for (let e = 1; e < creator.length; e++) {
    const o = creator[e]!;
    if (o < 0 || !late[e] || mode[e] === CARRIED || phase[e] !== BEFORE || !leads[o]) continue;
    const waited = prerequisites(e, o);
    if (waited.length === 0 || !waited.every(isFlippable)) continue;
    for (const c of waited) newPhase[c] = BEFORE;
    changed = true;
  }
  return changed ? { creator, phase: newPhase } : null;
}
