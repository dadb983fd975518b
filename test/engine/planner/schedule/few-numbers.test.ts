/** Where fewer numbers are left than a plan has helpers, helpers die early and later ones have their numbers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workingDiff } from '../../../../src/engine/diff/working-diff.ts';
import type { Planning } from '../../../../src/engine/plan/planning.ts';
import { LARGEST_PID } from '../../../../src/engine/planner/schedule/fresh-numbers.ts';
import type { ProcessTree } from '../../../../src/engine/tree/process-tree.ts';
import type { TreeImage } from '../../../../src/formats/tree-image-schema.ts';
import { scaled } from '../../../full-size.ts';
import { EVERYTHING, SESSIONS_ONLY, WITH_GROUPS } from '../../../histories/history-shape.ts';
import { nestedHistoryImage } from '../../../histories/nested-history.ts';
import { provenPlan, treeOf } from '../../../histories/proven-plan.ts';
import { historyImage } from '../../../histories/random-history.ts';

const SHAPES = { SESSIONS_ONLY, WITH_GROUPS, EVERYTHING };

/** Numbers of the helpers that may have any. */
function freshNumbers(tree: ProcessTree, { helpers }: Planning): number[] {
  const used = new Set([...tree.pid, ...tree.pgid, ...tree.sid, ...tree.threadId]);
  return [...helpers.pid].filter((pid) => !used.has(pid));
}

/** Plans with ever more numbers from helperPidMin upwards until no lower one is taken; returns how many that took. */
function numbersThatSuffice(tree: ProcessTree, helpers: number): number {
  for (let numbers = 1; ; numbers++) {
    const helperPidMin = LARGEST_PID - numbers + 1;
    const few = provenPlan(tree, { helperPidMin });
    assert.equal(workingDiff(tree, few.steps, few.helpers).refusal, null);
    const taken = freshNumbers(tree, few);
    assert.equal(taken.length, helpers, 'as many helpers as without need');
    if (taken.every((pid) => pid >= helperPidMin)) return numbers;
    assert.ok(numbers < helpers, `${helpers} numbers do not suffice for ${helpers} helpers`);
  }
}

for (const [name, shape] of Object.entries(SHAPES)) {
  test(`${name}: a few numbers suffice for many helpers`, (t) => {
    let [helpers, numbers] = [0, 0];
    for (let seed = 1; seed <= scaled(1, 20); seed++) {
      const tree = treeOf(historyImage({ ...shape, seed, alive: 10_000 }));
      const fresh = freshNumbers(tree, provenPlan(tree)).length;
      helpers += fresh;
      numbers += numbersThatSuffice(tree, fresh);
    }
    t.diagnostic(`${numbers} numbers for ${helpers} helpers`);
    assert.ok(numbers < helpers / 2, `${numbers} numbers for ${helpers} helpers`);
  });
}

test('over nested namespaces plans with few numbers verify as well, and never take more', () => {
  for (let seed = 1; seed <= scaled(8, 150); seed++) {
    const tree = treeOf(nestedImage(seed));
    const fresh = freshNumbers(tree, provenPlan(tree)).length;
    if (fresh > 0) numbersThatSuffice(tree, fresh);
  }
});

function nestedImage(seed: number): TreeImage {
  return nestedHistoryImage({
    seed,
    calls: 400,
    alive: 60,
    namespaces: 4,
    levels: 3,
    groups: seed % 2 === 0,
    zombies: seed % 3 === 0,
    subreapers: true,
  });
}

test('none of the numbers is taken on the target, also where they are given again', () => {
  const tree = treeOf(historyImage({ ...SESSIONS_ONLY, seed: 5, alive: 12_000 }));
  const least = LARGEST_PID - 9;
  const occupiedPids = [least, least + 3, least + 7];
  const taken = freshNumbers(tree, provenPlan(tree, { helperPidMin: least, occupiedPids }));
  assert.ok(new Set(taken).size < taken.length, 'a number is given twice');
  assert.deepEqual(
    taken.filter((pid) => pid < least || occupiedPids.includes(pid)),
    [],
  );
});
