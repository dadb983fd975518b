/**
 * Births of inits that are tried because a tool would be saved: an init that leads, and is born in a session that a tool is
 * brought in for, bears its members instead (fewer-tools.ts).
 *
 * In: a nested tree, births that were found, the origin that they led to with its tools. Out: inits with the sessions that
 * they are to be tried with; whether that leads to the tree and is cheaper shows by the schedule.
 * Cost: O(n + tools × namespaces below).
 */

import type { NestedSessionIndex, ProcessIndex } from '../../tree/index-kinds.ts';
import { bornInto } from './born-into.ts';
import type { BoundaryBirths } from './boundary-births.ts';
import type { NestedOrigin } from './nested-origin.ts';
import { leadsSession, type NestedTree } from './nested-tree.ts';

export interface TriedBirth {
  readonly init: ProcessIndex;
  readonly session: NestedSessionIndex;
}

export function triedInitBirths(
  nested: NestedTree,
  births: BoundaryBirths,
  origin: NestedOrigin,
): TriedBirth[] {
  const { relations, tree, sessions, mu } = nested;
  const mayBeBornIn = (init: ProcessIndex, t: NestedSessionIndex): boolean => {
    const home = sessions.namespace[t]!;
    return relations.isStrictlyWithin(tree.namespace[init]!, home) && relations.isWithin(mu[init]!, home);
  };
  const tried: TriedBirth[] = [];
  for (const [n, counts] of wantedSessions(nested, origin)) {
    const init = relations.init[n]!;
    if (init <= 0 || !leadsSession(nested, init) || births.of[init]! >= 0) continue;
    let session = -1;
    let most = 0;
    for (const [t, count] of counts) {
      if (count <= most || !mayBeBornIn(init, t)) continue;
      session = t;
      most = count;
    }
    if (session >= 0 && bornInto(nested, origin, init) !== session) tried.push({ init, session });
  }
  return tried;
}

const NONE: ReadonlyMap<NestedSessionIndex, number> = new Map();

/** By namespace: how many tools it would save, if its init were born in a session: its own, and those of inits that it makes. */
function wantedSessions(
  nested: NestedTree,
  origin: NestedOrigin,
): Map<number, Map<NestedSessionIndex, number>> {
  const { relations, parent } = nested;
  const { tools, creator, firstTool } = origin;
  const wanted = new Map<number, Map<NestedSessionIndex, number>>();
  const add = (n: number, t: NestedSessionIndex, count: number): void => {
    const counts = wanted.get(n) ?? new Map<NestedSessionIndex, number>();
    counts.set(t, (counts.get(t) ?? 0) + count);
    wanted.set(n, counts);
  };
  for (const [k, { namespace }] of tools.entries())
    if (creator[firstTool + k]! >= 0) add(namespace, bornInto(nested, origin, firstTool + k), 1);
  for (let n = relations.count - 1; n > 0; n--) {
    const above = relations.parent[n]!;
    if (above <= 0 || parent[relations.init[n]!] !== relations.init[above]) continue;
    for (const [t, count] of wanted.get(n) ?? NONE) add(above, t, count);
  }
  return wanted;
}
