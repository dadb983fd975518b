/**
 * Birth sessions of inits that lead, where nothing forces them: whoever is born in a session that the namespace needs
 * below it can bear its members there (fewer-tools.ts).
 *
 * In: a nested tree with its boundary births. Out: births in which every such init has the session from outside that
 * most processes below it are in, or those that hang from there further in; null where there is none. Whether the parents allow it is for the problems of the
 * namespaces to say. Cost: O(n).
 */

import { type BoundaryBirths, birthSession } from './boundary-births.ts';
import { isInit, leadsSession, type NestedTree } from './nested-tree.ts';

export function withInitBirths(nested: NestedTree, births: BoundaryBirths): BoundaryBirths | null {
  const { tree, relations, sessions, boundary, parent, top, mu } = nested;
  const counts = new Map<number, Map<number, number>>();
  for (let q = 1; q < tree.size; q++) {
    const init = top[boundary[q] ? parent[q]! : q]!;
    if (init === 0 || !isInit(nested, init)) continue;
    if (!leadsSession(nested, init) || births.of[init]! >= 0) continue;
    const t = birthSession(nested, births, q);
    if (t < 0 || (leadsSession(nested, q) && !boundary[q])) continue;
    const home = sessions.namespace[t]!;
    if (!relations.isStrictlyWithin(tree.namespace[init]!, home) || !relations.isWithin(mu[init]!, home))
      continue;
    const count = counts.get(init) ?? new Map<number, number>();
    count.set(t, (count.get(t) ?? 0) + 1);
    counts.set(init, count);
  }
  if (counts.size === 0) return null;
  const of = births.of.slice();
  for (const [init, count] of counts) {
    of[init] = [...count].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
  }
  return { ...births, of };
}
