/** The origin problem of a tree in one pid namespace: from pids and sids to indexes and sessions. */

import { outsideNumbers } from '../tree/outside.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { type OriginProblem, originProblem } from './origin-problem.ts';

/** What concerns births in a tree. Whatever hangs from outside is a child of the root here. */
export function problemOf(tree: ProcessTree): OriginProblem {
  const outside = outsideNumbers(tree);
  let parent = tree.parent;
  if (parent.indexOf(OUTSIDE, 1) > 0) {
    parent = parent.slice();
    for (let i = 1; i < tree.size; i++) if (parent[i] === OUTSIDE) parent[i] = 0;
  }
  const sid = outside.sid === 0 ? tree.sid : tree.sid.map((s) => (s === outside.sid ? 0 : s));
  return originProblem(tree.size, parent, tree.pid, sid)!;
}
