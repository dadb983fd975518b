/**
 * Births of boundary processes (namespaces.md, section 7, step 1).
 *
 * An injected process has nothing of its namespace above it, so all it can bring in is the one session that it was
 * born in. A boundary process whose session is led inside has its leader as a sibling: it was made by the leader's
 * CLONE_PARENT (a P-child).
 * In: a nested tree. Out: the birth session of every boundary leader where it is forced, P-children, and the dead
 * leaders that must hang from outside for them; or the processes of a contradiction, which is a proof.
 * Cost: O(n) a round; a round more only where a birth became known. Kernel rules: A16, A17, C1, C2, C4, C7, G10.
 */

import type { ColumnOf, NestedSessionIndex, ProcessIndex } from '../../tree/index-kinds.ts';
import { OUTSIDE } from '../../tree/process-tree.ts';
import { isDeadSession, isInit, leadsSession, type NestedTree } from './nested-tree.ts';
import { NOBODY } from './owners.ts';

const UNKNOWN = -1;

export interface BoundaryBirths {
  /** Birth session of a boundary leader, −1: free. */
  readonly of: ColumnOf<NestedSessionIndex>;
  /** 1: made by its session leader's CLONE_PARENT. */
  readonly siblingOfLeader: Uint8Array;
  /** Parent of a dead leader whose members have parents outside, by session; −1 for every other session. */
  readonly deadLeaderParent: ColumnOf<ProcessIndex>;
}

export interface BirthContradiction {
  readonly processes: readonly number[];
  readonly text: string;
}

export function boundaryBirths(nested: NestedTree): BoundaryBirths | BirthContradiction {
  const { tree, sessions } = nested;
  const births: BoundaryBirths = {
    of: new Int32Array(tree.size).fill(UNKNOWN),
    siblingOfLeader: new Uint8Array(tree.size),
    deadLeaderParent: new Int32Array(sessions.count).fill(OUTSIDE),
  };
  /** One that was made by the CLONE_PARENT of the session's dead leader. */
  const made = new Int32Array(sessions.count).fill(UNKNOWN);
  const shared = leadersSharedByBlocks(nested, births, made);
  if (shared) return shared;
  for (;;) {
    const entered = entrySessions(nested, births);
    if ('text' in entered) return entered;
    const siblings = siblingsOfLeaders(nested, births, made);
    if (typeof siblings === 'object') return siblings;
    if (!entered.changed && !siblings) return births;
  }
}

/** The session that boundary process x was born in, −1 if that is free. */
export function birthSession(
  nested: NestedTree,
  births: BoundaryBirths,
  x: ProcessIndex,
): NestedSessionIndex {
  return leadsSession(nested, x) ? births.of[x]! : nested.sessions.of[x]!;
}

/** Every injected process brings in at most one session, and was born in it. */
function entrySessions(
  nested: NestedTree,
  births: BoundaryBirths,
): BirthContradiction | { changed: boolean } {
  const { tree, relations, sessions, boundary, top, parent } = nested;
  const { size, pid, namespace } = tree;
  const entry = new Int32Array(size).fill(UNKNOWN);
  const enteredBy = new Int32Array(size);
  for (let q = 1; q < size; q++) {
    const hangs = boundary[q] === 1;
    const x = hangs ? top[parent[q]!]! : top[q]!;
    if (isInit(nested, x)) continue;
    const t = hangs ? birthSession(nested, births, q) : leadsSession(nested, q) ? UNKNOWN : sessions.of[q]!;
    if (t === UNKNOWN) continue;
    const home = sessions.namespace[t]!;
    const here = namespace[x]!;
    if (hangs && relations.isStrictlyWithin(home, here)) continue;
    const l = sessions.process[t]!;
    const fromOutside =
      t === 0 ||
      relations.isStrictlyWithin(here, home) ||
      (home === here &&
        (births.deadLeaderParent[t] !== OUTSIDE || (l !== NOBODY && boundary[l] === 1 && l !== x)));
    if (!fromOutside) continue;
    if (entry[x] !== UNKNOWN && entry[x] !== t) {
      return {
        processes: [x, q, enteredBy[x]!],
        text: `${pid[x]} was put into its namespace from outside, so it brings in one session, but ${pid[q]} and ${pid[enteredBy[x]!]} below it have two from outside.`,
      };
    }
    entry[x] = t;
    enteredBy[x] = q;
  }
  let changed = false;
  for (let x = 1; x < size; x++) {
    const t = entry[x]!;
    if (t === UNKNOWN) continue;
    const known = birthSession(nested, births, x);
    if (known === t) continue;
    if (known !== UNKNOWN) {
      return {
        processes: [x, enteredBy[x]!],
        text: `${pid[enteredBy[x]!]} has a session from outside its namespace that ${pid[x]} above it, put in from outside, was not born in.`,
      };
    }
    births.of[x] = t;
    changed = true;
  }
  return { changed };
}

/**
 * A dead leader of the namespace with members below two injected processes: it cannot have been born below either, so
 * both were made by its CLONE_PARENT, and it hung from their parent.
 */
function leadersSharedByBlocks(
  nested: NestedTree,
  births: BoundaryBirths,
  made: Int32Array,
): BirthContradiction | null {
  const { tree, sessions, boundary, top, parent } = nested;
  const block = new Int32Array(sessions.count).fill(UNKNOWN);
  for (let q = 1; q < tree.size; q++) {
    const x = boundary[q] ? top[parent[q]!]! : top[q]!;
    const t = sessions.of[q]!;
    if (isInit(nested, x) || leadsSession(nested, q) || !isDeadSession(nested, t)) continue;
    if (sessions.namespace[t] !== tree.namespace[x]) continue;
    if (block[t] === UNKNOWN) block[t] = x;
    if (block[t] === x) continue;
    const other = block[t]!;
    if (tree.parent[other] !== tree.parent[x]) {
      return {
        processes: [x, other, q],
        text: `${tree.pid[x]} and ${tree.pid[other]}, put into their namespace from outside, both have members of session ${sessions.number[t]} below them, so they are siblings, but their parents differ.`,
      };
    }
    births.deadLeaderParent[t] = parent[x]!;
    made[t] = x;
  }
  return null;
}

/** Boundary processes whose session is led inside: P-children of their leader. True: something became known. */
function siblingsOfLeaders(
  nested: NestedTree,
  births: BoundaryBirths,
  made: Int32Array,
): BirthContradiction | boolean {
  const { tree, relations, sessions, boundary, mu, parent } = nested;
  const { size, pid, namespace } = tree;
  let changed = false;
  for (let x = 1; x < size; x++) {
    if (!boundary[x] || births.siblingOfLeader[x]) continue;
    const t = birthSession(nested, births, x);
    if (t <= 0 || relations.isWithin(mu[x]!, sessions.namespace[t]!)) continue;
    const home = sessions.namespace[t]!;
    const l = sessions.process[t]!;
    const contradiction = (text: string): BirthContradiction => ({
      processes: l >= 0 ? [x, l] : [x],
      text: `${pid[x]} has its parent outside and its session ${sessions.number[t]} inside: ${text}`,
    });
    if (isInit(nested, x) && home === namespace[x])
      return contradiction('an init is older than all of its namespace.');
    if (l >= 0) {
      if (isInit(nested, l))
        return contradiction(`its leader ${pid[l]} is an init, which cannot use CLONE_PARENT.`);
      if (!boundary[l] || tree.parent[l] !== tree.parent[x])
        return contradiction(`its leader ${pid[l]} is not its sibling.`);
    } else if (isDeadSession(nested, t)) {
      const other = made[t]!;
      if (other !== UNKNOWN && tree.parent[other] !== tree.parent[x])
        return contradiction('the members with a parent outside are no siblings.');
      births.deadLeaderParent[t] = parent[x]!;
      made[t] = x;
    }
    births.siblingOfLeader[x] = 1;
    changed = true;
  }
  return changed;
}
