/**
 * Easier births: for whom births wait in a circle, so that a carrier would be needed, two ways without one.
 *
 * Somebody must be born before its creator's setsid, in a namespace whose init comes from whoever that creator makes
 * afterwards. Either these leaders are made before the setsid too: they lead, so all that changes is the session they
 * are born in. Or another child from before the setsid, who stays in that session for a while, bears it later.
 * In: elements, who is late. Out: an origin in which they are not; null where nothing can be changed. Invariant: elements
 * only gain ancestors (theory, lemma L3), or, having no child from before their own setsid, change their birth session.
 * `keepBirths`: only dead leaders come in between. Cost: O(elements + prerequisites of the late).
 */

import { itemsOf } from '../../tree/adjacency.ts';
import { AFTER, BEFORE, type Origin } from '../origin.ts';
import { type Elements, NO_NEED } from './elements.ts';
import type { OriginWalk } from './origin-walk.ts';
import { CARRIED, type Parentage } from './parentage.ts';

export function easierBirths(
  elements: Elements,
  walk: OriginWalk,
  { mode }: Parentage,
  late: Uint8Array,
  keepBirths: boolean,
): Origin | null {
  const { creator, phase, leads, size, places } = elements;
  const count = creator.length;
  const newCreator = creator.slice();
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
  const maySwitch = (e: number): boolean =>
    places!.need[e] === NO_NEED && !places!.sibling[e] && !places!.movedByParent[e];
  /** A child of o, other than e, that can bear e when its namespace is there. */
  const lender = (e: number, o: number, forbidden: readonly number[]): number => {
    let best = -1;
    let rank = 0;
    for (const x of itemsOf(walk.children, o)) {
      if (x === e || late[x] || forbidden.includes(x) || (keepBirths && x < size)) continue;
      if (places!.isInit[x] || places!.namespace[x] !== places!.namespace[o] || !maySwitch(x)) continue;
      if (newPhase[x] !== BEFORE && !isFlippable(x)) continue;
      const fits = x < size && elements.wanted[x] === elements.wanted[e] ? 2 : 0;
      const own = 1 + fits + (leads[x] ? 0 : 2);
      if (own > rank) [best, rank] = [x, own];
    }
    return best;
  };

  for (let e = 1; e < count; e++) {
    const o = creator[e]!;
    if (o < 0 || !late[e] || mode[e] === CARRIED || phase[e] !== BEFORE || !leads[o]) continue;
    const waited = prerequisites(e, o);
    if (waited.length > 0 && waited.every(isFlippable)) {
      for (const c of waited) newPhase[c] = BEFORE;
      changed = true;
      continue;
    }
    const x = maySwitch(e) && !places!.stays.has(o) ? lender(e, o, waited) : -1;
    if (x < 0) continue;
    newCreator[e] = x;
    newPhase[x] = BEFORE;
    newPhase[e] = leads[x] ? BEFORE : AFTER;
    changed = true;
  }
  return changed ? { creator: newCreator, phase: newPhase } : null;
}
