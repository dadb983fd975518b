/**
 * Births of inits that are tried because a tool would be saved: an init that leads, and is born in a session that a tool is
 * brought in for, bears its members instead (fewer-tools.ts).
 *
 * An init comes from its session at no cost where its parent is in that session, or is itself an init that is born in it
 * and makes it before its own setsid, or where somebody of the session has the same parent and makes it a sibling.
 * In: a nested tree, births that were found, the origin that they led to with its tools. Out: inits with the sessions that
 * they are to be tried with; whether that leads to the tree and is cheaper shows by the schedule.
 * Cost: O(n + tools × namespaces below).
 */

import type { NestedSessionIndex, ProcessIndex } from '../../tree/index-kinds.ts';
import { PairTable } from '../../tree/number-table.ts';
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
  const wanted = wantedSessions(nested, origin);
  if (wanted.size === 0) return [];
  const siblings = childrenBySession(nested);
  const chosen = new Map<ProcessIndex, NestedSessionIndex>();
  const isFree = (init: ProcessIndex): boolean =>
    init > 0 && leadsSession(nested, init) && births.of[init]! < 0;
  const comesFree = (init: ProcessIndex, t: NestedSessionIndex): boolean => {
    const p = nested.parent[init]!;
    const home = sessions.namespace[t]!;
    if (!relations.isStrictlyWithin(tree.namespace[init]!, home) || !relations.isWithin(mu[init]!, home))
      return false;
    if (sessions.of[p] === t || siblings.get(p, t) >= 0) return true;
    return leadsSession(nested, p) && (chosen.get(p) ?? bornInto(nested, origin, p)) === t;
  };
  for (let n = 1; n < relations.count; n++) {
    const init = relations.init[n]!;
    if (!isFree(init)) continue;
    const own = wanted.get(n) ?? NONE;
    let best = -1;
    let most = 0;
    for (const [t, count] of own) {
      if (count <= most || !comesFree(init, t)) continue;
      best = t;
      most = count;
    }
    if (best >= 0) chosen.set(init, best);
  }
  return [...chosen]
    .filter(([init, session]) => bornInto(nested, origin, init) !== session)
    .map(([init, session]) => ({ init, session }));
}

const NONE: ReadonlyMap<NestedSessionIndex, number> = new Map();

/** By namespace: how many tools it would save, if its init were born in a session: its own, and those of inits that it makes. */
function wantedSessions(
  { relations, parent }: NestedTree,
  { tools, creator, firstTool }: NestedOrigin,
): Map<number, Map<NestedSessionIndex, number>> {
  const wanted = new Map<number, Map<NestedSessionIndex, number>>();
  const add = (n: number, t: NestedSessionIndex, count: number): void => {
    const counts = wanted.get(n) ?? new Map<NestedSessionIndex, number>();
    counts.set(t, (counts.get(t) ?? 0) + count);
    wanted.set(n, counts);
  };
  for (const [k, { namespace, session }] of tools.entries())
    if (creator[firstTool + k]! >= 0) add(namespace, session, 1);
  for (let n = relations.count - 1; n > 0; n--) {
    const above = relations.parent[n]!;
    if (above <= 0 || parent[relations.init[n]!] !== relations.init[above]) continue;
    for (const [t, count] of wanted.get(n) ?? NONE) add(above, t, count);
  }
  return wanted;
}

/** Parent and session of everybody, as pairs. */
function childrenBySession({ tree, sessions, parent }: NestedTree): PairTable {
  const pairs = new PairTable(64);
  for (let q = 1; q < tree.size; q++) pairs.set(parent[q]!, sessions.of[q]!, 1);
  return pairs;
}
