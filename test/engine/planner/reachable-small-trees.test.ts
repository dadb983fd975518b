/** Every reachable small tree gets a plan that the simulator runs to exactly that tree, with few helpers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { provenPlan, treeOf } from '../../histories/proven-plan.ts';
import { NO_INIT, SMALL_SETS, someSmallTrees } from './small-trees.ts';

const LEAST_SHARE = { sessions: 0.99, zombies: 0.99, groups: 0.98 };

for (const set of SMALL_SETS) {
  const share = LEAST_SHARE[set.split('.')[0] as keyof typeof LEAST_SHARE];
  test(`${set}: every reachable tree is planned, ${share * 100} % with the fewest helpers there can be`, (t) => {
    const above: number[] = [];
    for (const image of someSmallTrees(set, 'reachable')) {
      const { summary } = provenPlan(treeOf(image));
      const more = summary.helpers - image.minHelpers;
      above[more] = (above[more] ?? 0) + 1;
    }
    const trees = above.reduce((sum, count) => sum + (count ?? 0), 0);
    t.diagnostic(
      `${trees} trees; helpers above the optimum: ${[...above].map((n, i) => `+${i}: ${n ?? 0}`).join(', ')}`,
    );
    assert.ok((above[0] ?? 0) >= share * trees);
  });

  test(`${set}: every reachable tree is planned under a root that is no init`, () => {
    for (const image of someSmallTrees(set, 'reachable')) {
      provenPlan(treeOf({ ...image, pidNamespaces: NO_INIT }));
    }
  });

  test(`${set}: every reachable tree is planned without CLONE_PARENT`, () => {
    for (const image of someSmallTrees(set, 'reachable')) {
      const { steps } = provenPlan(treeOf(image), { allowCloneParent: false });
      for (let i = 0; i < steps.length; i++) {
        const step = steps.at(i);
        if (step.op === 'clone3') assert.deepEqual(step.flags, []);
      }
    }
  });
}

for (const set of SMALL_SETS.filter((name) => /n[23]$/.test(name))) {
  test(`${set}: every reachable tree is planned with every assignment of flags`, () => {
    for (const image of someSmallTrees(set, 'reachable')) {
      for (const flagged of flagAssignments(image)) provenPlan(treeOf(flagged));
    }
  });
}

/** Flags on and off for each living process, in every combination. */
function* flagAssignments(image: TreeImage): Generator<TreeImage> {
  const living = image.processes.filter(({ state }) => state !== 'zombie').map(({ pid }) => pid);
  for (let bits = 0; bits < 1 << living.length; bits++) {
    const processes = image.processes.map((process) => ({
      ...process,
      childSubreaper: ((bits >> living.indexOf(process.pid)) & 1) === 1 && living.includes(process.pid),
    }));
    yield { ...image, processes };
  }
}
