/** The origin problem of a tree in one pid namespace: from pids and sids to indexes and sessions. */

import { outsideNumbers } from '../tree/outside.ts';
import { ownersByNumber } from '../tree/owners-by-number.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { int32s } from '../tree/scratch.ts';
import { type OriginProblem, problemOfLeaders } from './origin-problem.ts';

/** What concerns births in a tree. Whatever hangs from outside is a child of the root here. */
export function problemOf(tree: ProcessTree): OriginProblem {
  const outside = outsideNumbers(tree);
  let parent = tree.parent;
  if (parent.indexOf(OUTSIDE, 1) > 0) {
    parent = parent.slice();
    for (let i = 1; i < tree.size; i++) if (parent[i] === OUTSIDE) parent[i] = 0;
  }
  const sid = outside.sid === 0 ? tree.sid : tree.sid.map((s) => (s === outside.sid ? 0 : s));
  const { of, number, process } = ownersByNumber(tree, sid);
  let dead = 0;
  const leaders = process.map((l, s) => (s === 0 ? -1 : l >= 0 && sid[l] === number[s] ? l : -2 - dead++));
  const leaderOf = int32s(tree.size);
  for (let i = 0; i < tree.size; i++) leaderOf[i] = leaders[of[i]!]!;
  const problem = problemOfLeaders(parent, leaderOf, dead)!;
  for (let i = 0; i < tree.size; i++) problem.sessionNumber[problem.session[i]!] = sid[i]!;
  return problem;
}
