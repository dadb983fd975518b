/**
 * The checker's own decision about shared objects says of every small image what the planner's search says: where no
 * history leads to it there is no way, and it calls no image impossible that is reachable.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemOf } from '../../../src/engine/planner/problem-of-tree.ts';
import { noWayToShare } from '../../../src/engine/proof/ways-to-share.ts';
import { sharingProblem } from '../../../src/engine/sharing/sharing-problem.ts';
import { searchStates } from '../../../src/engine/sharing/state-search.ts';
import type { ProcessTree } from '../../../src/engine/tree/process-tree.ts';
import { KINDS } from '../../../src/engine/tree/sharing-columns.ts';
import { FULL } from '../../full-size.ts';
import { provenPlan } from '../../histories/proven-plan.ts';
import { sharedCases } from '../sharing/sets.ts';

const SETS: Readonly<Record<string, number>> = {
  'files.n5': 4,
  'files-fs.n4': 10,
  'files-fs-sysvsem.n4': 300,
  'sessions-files.n4': 100,
  'sessions-files-fs.n3': 20,
  'sess_vm_noexec.n3': 3,
  'vm_files_exec.n4': 10,
  'vm_sighand_exec.n4': 4,
};

function isRefusedByTheChecker(tree: ProcessTree): boolean {
  const sharing = tree.sharing!;
  const kinds = KINDS.filter((_, kind) => sharing.classes[kind] !== null);
  return noWayToShare({
    pid: [...tree.pid],
    parent: [...tree.parent],
    sessions: [...tree.sid],
    outside: Array.from(tree.sid, (sid) => sid === 0),
    kinds,
    classes: kinds.map((kind) => [...sharing.classes[KINDS.indexOf(kind)]!]),
    zombie: [...tree.pid].map(() => false),
    childOf: [...tree.pid].map(() => null),
    exitSignal: [...tree.pid].map(() => null),
  });
}

for (const [set, every] of Object.entries(SETS)) {
  test(`${set}: two decisions agree`, () => {
    let at = 0;
    let refused = 0;
    for (const { tree, line } of sharedCases(set)) {
      if (at++ % (FULL ? 1 : every) !== 0) continue;
      const problem = sharingProblem(tree, problemOf(tree));
      const found = searchStates(problem, { exec: true, threads: true }, { work: 1e9 });
      assert.notEqual(found, 'work limit');
      const isReachable = found !== 'work limit' && found.moves !== null;
      const isRefused = isRefusedByTheChecker(tree);
      if (isRefused) refused++;
      // A way that the search does not know is no refusal: the planner has found one before it searches.
      if (!isReachable && !isRefused) {
        assert.equal(set, 'sess_vm_noexec.n3', line);
        provenPlan(tree);
      } else assert.equal(isRefused, !isReachable, line);
    }
    if (set !== 'sess_vm_noexec.n3') assert.ok(refused > 0 || set === 'sessions-files-fs.n3');
  });
}
