/** What a summary counts, against sets of numbers. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { summaryOf } from '../../../src/engine/plan/plan-summary.ts';
import { outsideNumbers } from '../../../src/engine/tree/outside.ts';
import { EVERYTHING, INIT_ROOT } from '../../histories/history-shape.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { historyImage } from '../../histories/random-history.ts';

const ROOTS = [
  INIT_ROOT,
  { pid: 7, isInit: false, session: 3, group: 3, stays: true, adopts: true },
  { pid: 7, isInit: false, session: 3, group: 4, stays: true, adopts: true },
];

describe('summary of a tree', () => {
  for (let seed = 1; seed <= 30; seed++) {
    it(`counts sessions, groups and dead leaders of history ${seed}`, () => {
      const root = ROOTS[seed % ROOTS.length]!;
      const tree = treeOf(historyImage({ ...EVERYTHING, root, seed, alive: 60 }));
      const { sessions, groups, helpersAtLeast } = summaryOf(tree, 0, 0);
      assert.equal(sessions, new Set(tree.sid).size);
      assert.equal(groups, new Set(tree.pgid).size);
      const outside = outsideNumbers(tree);
      const isDead = (number: number): boolean => number !== 0 && tree.indexOf(number) < 0;
      const dead = new Set<number>();
      for (const sid of tree.sid) if (isDead(sid) && sid !== outside.sid) dead.add(sid);
      for (const pgid of tree.pgid) if (isDead(pgid) && pgid !== outside.pgid) dead.add(pgid);
      assert.equal(helpersAtLeast, dead.size);
    });
  }
});
