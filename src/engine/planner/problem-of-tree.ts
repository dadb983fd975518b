/** The origin problem of a tree in one pid namespace: from pids and sids to indexes and sessions. */

import { NumberTable } from '../tree/number-table.ts';
import { outsideNumbers } from '../tree/outside.ts';
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
  const { size, pid, sid, indexOf } = tree;
  const leaderOf = int32s(size);
  const dead = new NumberTable(64);
  for (let i = 0; i < size; i++) {
    const number = sid[i]!;
    // Most are in the session of their parent.
    if (i > 0 && sid[parent[i]!] === number) leaderOf[i] = leaderOf[parent[i]!]!;
    else if (number === 0 || number === outside.sid) leaderOf[i] = -1;
    else {
      const owner = pid[i] === number ? i : indexOf(number);
      const leads = owner >= 0 && sid[owner] === number;
      if (!leads && !dead.has(number)) dead.set(number, dead.size);
      leaderOf[i] = leads ? owner : -2 - dead.get(number);
    }
  }
  return problemOfLeaders(parent, leaderOf, dead.size, sid)!;
}
