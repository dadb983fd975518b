/**
 * The birth problem of a tree over several pid namespaces: parents and sessions as in one, and where births can be.
 *
 * In: a nested tree with its boundary births. Out: an origin problem with places. Cost: O(n).
 * Invariant: processes keep their indexes; sessions are numbered as the problem of one namespace numbers them.
 */

import { type BoundaryBirths, boundaryBirths } from '../planner/nested/boundary-births.ts';
import { type NestedTree, nestedTree } from '../planner/nested/nested-tree.ts';
import { withOutsideSession } from '../planner/nested/outside-session.ts';
import { problemOfLeaders } from '../planner/origin-problem.ts';
import { problemOf } from '../planner/problem-of-tree.ts';
import { outsideNumbers } from '../tree/outside.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { BirthPlaces } from './birth-places.ts';
import type { BirthProblem } from './birth-problem.ts';

/** Of a tree whose local rules hold: the root is in the outside session, or leads its own (V2). */
export function nestedProblem(nested: NestedTree, births: BoundaryBirths): BirthProblem {
  const { sessions, parent } = nested;
  const leaders = sessions.process.map((l, s) => (s === 0 ? -1 : l >= 0 ? l : -2 - s));
  const leaderOf = sessions.of.map((s) => leaders[s]!);
  const plain = problemOfLeaders(parent, leaderOf, sessions.count)!;
  const places = new BirthPlaces(nested, plain, births);
  const sessionNumber = places.nestedSession.map((s) => sessions.number[s]!);
  return { ...plain, sessionNumber, places };
}

/** The boundary births that a nested problem is made with; null where they contradict each other. */
export function knownBoundaryBirths(nested: NestedTree): BoundaryBirths | null {
  const births = boundaryBirths(nested);
  return 'text' in births ? null : births;
}

/** The birth problem of a tree whose local rules hold, in one namespace or several; null: nothing leads to the tree. */
export function birthProblem(tree: ProcessTree): BirthProblem | null {
  if (tree.namespaces.length === 1) return problemOf(tree);
  const nested = nestedTree(withOutsideSession(tree, outsideNumbers(tree)));
  const births = knownBoundaryBirths(nested);
  return births && nestedProblem(nested, births);
}
