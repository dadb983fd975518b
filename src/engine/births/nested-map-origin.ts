/**
 * From a birth map over several pid namespaces to the tree of births that a schedule is made from.
 *
 * In: a nested tree, its birth problem, a map that `checkMap` has passed. Out: creators, phases and siblings of all
 * elements, with a tool wherever somebody is born further in than its creator's namespace and must fall to the init
 * there; the birth sessions of boundary processes; the groups that must be had from birth.
 * Invariant: contracted to the living and the zombies, the creators are the map.
 * Cost: O(elements). Kernel rules: A16–A18, C4, C7, F18–F20.
 */

import type { BoundaryBirths } from '../planner/nested/boundary-births.ts';
import { type NestedOrigin, NestedOriginDraft } from '../planner/nested/nested-origin.ts';
import { homeOf, leadsSession, type NestedTree } from '../planner/nested/nested-tree.ts';
import { type OriginClasses, originClasses } from '../planner/nested/origin-classes.ts';
import { AFTER } from '../planner/origin.ts';
import { DEAD, regionOf } from '../planner/origin-problem.ts';
import type { ElementIndex, NamespaceIndex, NestedSessionIndex } from '../tree/index-kinds.ts';
import type { BirthMap } from './birth-map.ts';
import type { BirthProblem } from './birth-problem.ts';
import type { CheckedMap } from './check-map.ts';
import { bearerIn } from './map-origin.ts';

export interface NestedSolution extends OriginClasses {
  readonly births: BoundaryBirths;
}

/** Null: nobody can bring in all groups that must be had from birth. */
export function nestedOriginOfMap(
  nested: NestedTree,
  problem: BirthProblem,
  map: BirthMap,
  checked: CheckedMap,
): NestedSolution | null {
  const origin = new OriginOfMap(nested, problem, map, checked).run();
  const births = birthsOf(nested, problem, checked, origin);
  const classes = originClasses(nested, births, origin);
  return classes && { ...classes, births };
}

/** Elements as in a nested origin. A tool's class is known when the groups are. */
class OriginOfMap {
  private readonly nested: NestedTree;
  private readonly problem: BirthProblem;
  private readonly map: BirthMap;
  private readonly checked: CheckedMap;
  private readonly draft: NestedOriginDraft;

  constructor(nested: NestedTree, problem: BirthProblem, map: BirthMap, checked: CheckedMap) {
    this.nested = nested;
    this.problem = problem;
    this.map = map;
    this.checked = checked;
    this.draft = new NestedOriginDraft(nested);
  }

  run(): NestedOrigin {
    const { nested, problem, checked, map } = this;
    const { tree, sessions, mu } = nested;
    for (let c = 0; c < problem.sessionCount; c++) {
      if (problem.leader[c] !== DEAD) continue;
      const s = problem.places!.nestedSession[c]!;
      const p = checked.deadParent[c]!;
      const home = sessions.namespace[s]!;
      this.place(
        tree.size + s,
        checked.deadUnder[c]!,
        AFTER,
        home,
        p >= 0 ? tree.namespace[p]! : home,
        p >= 0,
      );
    }
    for (let q = 1; q < tree.size; q++) {
      const region = regionOf(problem, checked.birth, q);
      const { element, phase } = bearerIn(problem, checked.birth, map[q]!, region);
      const from =
        element < tree.size ? element : tree.size + problem.places!.nestedSession[element - tree.size]!;
      this.place(q, from, phase, tree.namespace[q]!, mu[q]!, nested.boundary[q] === 1);
    }
    return this.draft.finished();
  }

  /** @param hangsFrom namespace that the wanted parent lives in */
  private place(
    e: ElementIndex,
    from: ElementIndex,
    phase: number,
    home: NamespaceIndex,
    hangsFrom: NamespaceIndex,
    hangs: boolean,
  ): void {
    const { relations, tree } = this.nested;
    const here = homeOf(this.nested, from);
    const wanted = hangs ? hangsFrom : home;
    const { draft } = this;
    draft.creator[e] = from;
    draft.phase[e] = phase;
    if (!relations.isWithin(wanted, here)) draft.sibling[e] = 1;
    else if (wanted !== here && (e < tree.size || hangs)) {
      draft.creator[e] = draft.addTool(
        { session: this.sessionOf(e), cls: -1, namespace: wanted },
        from,
        phase,
      );
      draft.phase[e] = AFTER;
    }
  }

  private sessionOf(e: ElementIndex): NestedSessionIndex {
    const { tree, sessions } = this.nested;
    return e < tree.size ? sessions.of[e]! : e - tree.size;
  }
}

/** What the map says of boundary processes. */
function birthsOf(
  nested: NestedTree,
  problem: BirthProblem,
  { birth, deadParent }: CheckedMap,
  { sibling }: NestedOrigin,
): BoundaryBirths {
  const { tree, boundary } = nested;
  const of = new Int32Array(tree.size).fill(-1);
  for (let q = 1; q < tree.size; q++) {
    if (!boundary[q] || !leadsSession(nested, q)) continue;
    of[q] = problem.places!.nestedSession[birth[problem.session[q]!]!]!;
  }
  const deadLeaderParent = new Int32Array(nested.sessions.count).fill(-1);
  for (let c = 0; c < problem.sessionCount; c++)
    if (problem.leader[c] === DEAD) deadLeaderParent[problem.places!.nestedSession[c]!] = deadParent[c]!;
  return { of, siblingOfLeader: Uint8Array.from(sibling.slice(0, tree.size)), deadLeaderParent };
}
