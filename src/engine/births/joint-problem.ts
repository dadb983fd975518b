/**
 * Joint problem: one origin problem over all pid namespaces (docs/caba.md, section 12).
 *
 * Its parents are those that must be above by birth; an init, as a parent, need not be. What namespaces add to that:
 *   who may bear whom, so that proposals put nothing where it cannot be born;
 *   births that are certain, because whoever is above a member of a session is above its leader or was born in the session,
 *   and nothing of a namespace is above an init, or above a process or dead leader that hangs from outside.
 * In: a nested tree with its birth problem and boundary births. Out: the joint problem; or processes that contradict each
 * other, which is a proof. Whether births that solve it lead to the tree is for check-map.ts to say.
 * Invariant: nothing is left out that a history could have, but births that were chosen where the session of a member and
 * those that this one was born in for certain would all do.
 * Cost: O(n) a round, in which a birth counts from when it is known; a round more only where one became known.
 * Kernel rules: A16, A17, C1-C7.
 */

import type { BoundaryBirths } from '../planner/nested/boundary-births.ts';
import { isInit, type NestedTree } from '../planner/nested/nested-tree.ts';
import { isLeader, type OriginProblem } from '../planner/origin-problem.ts';
import type { Contradiction } from '../planner/requirements.ts';
import { setOf } from '../tree/disjoint-sets.ts';
import {
  type ColumnOf,
  type ElementIndex,
  isProcess,
  type NamespaceIndex,
  type ProcessIndex,
  type SessionIndex,
} from '../tree/index-kinds.ts';
import type { BirthPlaces } from './birth-places.ts';
import type { BirthProblem } from './birth-problem.ts';

export interface JointProblem {
  readonly problem: OriginProblem;
  /** Was some birth chosen? Then a refusal is no proof. */
  readonly hasChoice: boolean;
}

/** @param known birth sessions of leaders to begin with, −1 elsewhere; left as they are */
export function jointProblem(
  nested: NestedTree,
  births: BirthProblem,
  boundary: BoundaryBirths,
  known: ColumnOf<SessionIndex>,
): JointProblem | Contradiction {
  const certain = new CertainBirths(nested, births, known.slice());
  const contradiction = certain.close();
  if (contradiction) return { contradiction };
  const { places, ...problem } = births;
  const parent = places!.ancestor.slice(0, problem.size);
  parent[0] = -1;
  const knownBirth = certain.birth.some((birth) => birth >= 0) ? certain.birth : null;
  const mayBear = bearersOf(nested, births, boundary);
  return { problem: { ...problem, parent, knownBirth, mayBear }, hasChoice: certain.hasChoice };
}

/** By a session of the nested tree the one of the problem. */
export function problemSessions({ places }: BirthProblem): ReadonlyMap<number, SessionIndex> {
  return new Map(Array.from(places!.nestedSession, (s, c) => [s, c]));
}

/** Birth sessions of the leaders that boundary births say, −1 elsewhere. */
export function boundaryBirthSessions(
  problem: BirthProblem,
  { of }: BoundaryBirths,
  sessions: ReadonlyMap<number, SessionIndex>,
): ColumnOf<SessionIndex> {
  const birth = new Int32Array(problem.sessionCount).fill(-1);
  for (let q = 1; q < problem.size; q++)
    if (isLeader(problem, q) && of[q]! >= 0) birth[problem.session[q]!] = sessions.get(of[q]!) ?? -1;
  return birth;
}

class CertainBirths {
  readonly birth: ColumnOf<SessionIndex>;
  hasChoice = false;
  private readonly nested: NestedTree;
  private readonly problem: BirthProblem;
  private readonly places: BirthPlaces;
  /** Disjoint sets: a session of whose leader no birth is known stands for all whose leaders were born in it or in these. */
  private readonly outer: ColumnOf<SessionIndex>;
  private mayChoose = false;
  private changed = false;

  constructor(nested: NestedTree, problem: BirthProblem, birth: ColumnOf<SessionIndex>) {
    this.nested = nested;
    this.problem = problem;
    this.places = problem.places!;
    this.birth = birth;
    this.outer = birth.map((_, session) => session);
    birth.forEach((c, d) => {
      if (c >= 0) this.bornWithin(d, c);
    });
  }

  /** Until nothing follows; births are chosen from the second round on. */
  close(): readonly ProcessIndex[] | null {
    const { size, session } = this.problem;
    do {
      this.changed = false;
      for (let q = 1; q < size; q++) {
        const c = isLeader(this.problem, q) ? this.birth[session[q]!]! : session[q]!;
        const contradiction = c < 0 ? null : this.lookAbove(q, c);
        if (contradiction) return contradiction;
      }
      const isFirst = !this.mayChoose;
      this.mayChoose = true;
      this.changed ||= isFirst;
    } while (this.changed);
    return null;
  }

  /** From q, which was born in session c, up. */
  private lookAbove(q: ProcessIndex, c: SessionIndex): readonly ProcessIndex[] | null {
    const { problem, places, birth } = this;
    const { session } = problem;
    let open: ProcessIndex[] = [];
    for (let x = places.ancestor[q]!; x > 0; x = places.ancestor[x]!) {
      const leads = isLeader(problem, x);
      if (leads && session[x] === c) return null;
      const born = leads ? birth[session[x]!]! : session[x]!;
      if (born === c) return this.bornIn(open, c, q);
      open.push(x);
      const top = setOf(this.outer, c);
      if (!this.mayBeAbove(x, c)) {
        const contradiction = this.bornIn(open, c, q);
        if (contradiction) return contradiction;
        open = [];
      } else if (!this.mayBeAbove(x, top)) {
        if (born >= 0 || session[x] === top) return null;
        if (this.mayChoose) {
          this.hasChoice = true;
          this.put(session[x]!, c);
        }
      } else if (!this.hasMoreAbove(x, c) && !this.hasMoreAbove(x, top)) return null;
    }
    return null;
  }

  /** These leaders were born in session c. */
  private bornIn(leaders: readonly ProcessIndex[], c: SessionIndex, q: ProcessIndex) {
    const { problem, birth } = this;
    for (const x of leaders) {
      const d = problem.session[x]!;
      if (!isLeader(problem, x) || (birth[d]! >= 0 && birth[d] !== c)) return [x, q];
      this.put(d, c);
    }
    return null;
  }

  private put(d: SessionIndex, c: SessionIndex): void {
    if (this.birth[d] === c) return;
    this.birth[d] = c;
    this.bornWithin(d, c);
    this.changed = true;
  }

  /** Sessions of a circle stay in the set of the one that would close it. */
  private bornWithin(d: SessionIndex, c: SessionIndex): void {
    if (setOf(this.outer, c) !== d) this.outer[d] = c;
  }

  /** May x be above the leader of session s? */
  private mayBeAbove(x: ProcessIndex, s: SessionIndex): boolean {
    const { tree, relations, boundary, parent } = this.nested;
    const home = this.places.home(s);
    if (!relations.isWithin(home, tree.namespace[x]!)) return false;
    if (tree.namespace[x] !== home || !this.hangsFromOutside(s)) return true;
    const l = this.problem.leader[s]!;
    if (boundary[x] === 0 || isInit(this.nested, x) || (l > 0 && isInit(this.nested, l))) return false;
    return parent[x] === (l > 0 ? parent[l]! : this.places.deadParent[s]!);
  }

  /** Can there be somebody above x that may not be above the leader of session s? */
  private hasMoreAbove(x: ProcessIndex, s: SessionIndex): boolean {
    const { tree, relations } = this.nested;
    const home = this.places.home(s);
    const here = tree.namespace[x]!;
    return !relations.isWithin(home, here) || (here === home && this.hangsFromOutside(s));
  }

  private hangsFromOutside(s: SessionIndex): boolean {
    const l = this.problem.leader[s]!;
    return l > 0 ? this.nested.boundary[l] === 1 : this.places.deadParent[s]! >= 0;
  }
}

/** Who may bear whom: only whoever is made by CLONE_PARENT for certain is born of a sibling. */
function bearersOf(
  nested: NestedTree,
  { size, places }: BirthProblem,
  { siblingOfLeader }: BoundaryBirths,
): OriginProblem['mayBear'] {
  const { tree, relations, boundary } = nested;
  const home = (e: ElementIndex): NamespaceIndex => (e < size ? tree.namespace[e]! : places!.home(e - size));
  const parentOutside = (e: ElementIndex): ProcessIndex => {
    if (e >= size) return places!.deadParent[e - size]!;
    return boundary[e] ? nested.parent[e]! : -1;
  };
  return (o, e) => {
    const here = home(o);
    if (!relations.isWithin(home(e), here)) return false;
    const p = parentOutside(e);
    if (p < 0 || relations.isWithin(tree.namespace[p]!, here)) return true;
    if (isProcess(e, size) && (isInit(nested, e) || !siblingOfLeader[e])) return false;
    return parentOutside(o) === p && !(isProcess(o, size) && isInit(nested, o));
  };
}
