/** Numbering in born order changes indexes and nothing else, and leads back. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_HELPERS } from '../../../../src/engine/plan/helper-list.ts';
import { StepList } from '../../../../src/engine/plan/step-list.ts';
import { findOrigin } from '../../../../src/engine/planner/find-origin.ts';
import { elementSession, leaderElement } from '../../../../src/engine/planner/origin-problem.ts';
import { problemOf } from '../../../../src/engine/planner/problem-of-tree.ts';
import { originFromOrder } from '../../../../src/engine/planner/region-trees.ts';
import { inBornOrder } from '../../../../src/engine/planner/schedule/born-order.ts';
import { walkOrigin } from '../../../../src/engine/planner/schedule/origin-walk.ts';
import { OUTSIDE } from '../../../../src/engine/tree/process-tree.ts';
import { EVERYTHING, INIT_ROOT } from '../../../histories/history-shape.ts';
import { treeOf } from '../../../histories/proven-plan.ts';
import { historyImage } from '../../../histories/random-history.ts';

const ROOTS = [
  INIT_ROOT,
  { ...INIT_ROOT, stays: true },
  { ...INIT_ROOT, pid: 5, isInit: false, session: 100 },
];

for (let seed = 1; seed <= 30; seed++) {
  test(`random history ${seed}: the same tree, problem and births in born order`, () => {
    const tree = treeOf(historyImage({ ...EVERYTHING, root: ROOTS[seed % 3]!, seed, alive: 10 * seed }));
    const problem = problemOf(tree);
    const found = findOrigin(problem);
    assert.ok(found.verdict === 'reachable');
    const origin = originFromOrder(problem, found.order);
    const { tree: other, problem: renumbered, origin: births, restored } = inBornOrder(tree, problem, origin);

    assert.deepEqual(Int32Array.from(other.pid).sort(), Int32Array.from(tree.pid).sort());
    for (let i = 0; i < tree.size; i++) {
      const was = tree.indexOf(other.pid[i]!);
      assert.equal(other.indexOf(other.pid[i]!), i);
      assert.ok(other.parent[i]! < i);
      assert.equal(other.pid[other.parent[i]!] ?? OUTSIDE, tree.pid[tree.parent[was]!] ?? OUTSIDE);
      for (const column of ['pgid', 'sid', 'state', 'subreaper', 'exitStatus'] as const)
        assert.equal(other[column][i], tree[column][was]);
      const s = renumbered.session[i]!;
      assert.equal(renumbered.sessionNumber[s], problem.sessionNumber[problem.session[was]!]);
      const leader = renumbered.leader[s]!;
      if (leader >= 0) assert.equal(elementSession(renumbered, leaderElement(renumbered, s)), s);
    }

    const processes = walkOrigin(births).preorder.filter((e) => e < tree.size);
    assert.deepEqual(processes, Int32Array.from(processes.keys()));
    const numbers = (creators: Int32Array, pid: Int32Array, e: number): number | undefined =>
      pid[creators[e]!];
    for (let i = 1; i < tree.size; i++)
      if (births.creator[i]! < tree.size)
        assert.equal(
          numbers(births.creator, other.pid, i),
          numbers(origin.creator, tree.pid, tree.indexOf(other.pid[i]!)),
        );

    const back = restored({
      steps: new StepList(1),
      helpers: NO_HELPERS,
      adopts: other.state,
      origin: births,
      deathsMoved: false,
    });
    assert.deepEqual(back.origin.creator, Int32Array.from(origin.creator));
    assert.deepEqual(back.origin.phase, Uint8Array.from(origin.phase));
    assert.deepEqual(back.adopts, Uint8Array.from(tree.state));
  });
}
