/** A share of the sweeps: every drawn tree is decided, and every decision can be believed (`npm run sweep` for all). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRAWN_TREES, type Kind } from './drawn-trees.ts';
import { judge } from './judge.ts';

const SHARE: Record<Kind, number> = {
  dense: 25,
  elsewhere: 20,
  outerGroups: 25,
  mutants: 20,
  histories: 50,
  initOutside: 50,
  cutOut: 50,
  putIn: 50,
  large: 10,
  largeMutants: 10,
  copies: 10,
};

test('a part that is much harder than the conflict leaves work for the others', () => {
  const { answer, fault } = judge(DRAWN_TREES.outerGroups.draw(333_631));
  assert.deepEqual([answer, fault], ['unrestorable ORIGIN', null]);
});

for (const [kind, count] of Object.entries(SHARE) as [Kind, number][]) {
  test(`${count} ${kind}: planned, or refused with a conflict that holds`, () => {
    const { draw, reached } = DRAWN_TREES[kind];
    for (let seed = 1; seed <= count; seed++) {
      const { answer, fault } = judge(draw(seed));
      assert.equal(fault, null, `seed ${seed}: ${answer}, ${fault}`);
      if (reached) assert.equal(answer, 'restorable', `seed ${seed}`);
    }
  });
}
