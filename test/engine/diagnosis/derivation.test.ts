/** Derivations: every unreachable small tree whose births contradict is explained, and the eleven minimal cores. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planImage } from '../../histories/proven-plan.ts';
import { type SmallSet, smallTrees } from '../planner/small-trees.ts';
import { written } from '../planner/tree-notation.ts';

function derivation(image: Parameters<typeof planImage>[0]): string[] {
  const planning = planImage(image);
  assert.equal(planning.outcome, 'unrestorable');
  const detail = planning.diagnostics.find(({ code }) => code === 'UNRESTORABLE')!.detail;
  assert.ok(Array.isArray(detail.derivation), JSON.stringify(image.processes));
  return detail.derivation as string[];
}

for (const set of ['sessions.n3', 'sessions.n4', 'sessions.n5', 'zombies.n4'] satisfies SmallSet[]) {
  test(`${set}: every unreachable tree has a derivation that ends in a contradiction`, (t) => {
    let lines = 0;
    let withCases = 0;
    let longest = 0;
    const trees = smallTrees(set, 'unreachable');
    for (const { root, processes } of trees) {
      const told = derivation({ root: root!, processes });
      lines += told.length;
      longest = Math.max(longest, told.length);
      if (told.some((line) => line.startsWith('Suppose'))) withCases++;
    }
    const mean = (lines / trees.length).toFixed(1);
    t.diagnostic(`${trees.length} trees, ${mean} lines, at most ${longest}; ${withCases} with cases`);
  });
}

test('a member below a foreign process', () => {
  assert.deepEqual(derivation(written('1(s1) > 2(s100) > 3(s1)')), [
    '2 is the parent of 3 in the tree, and a parent is always an ancestor by birth.',
    '2 was never in session 1 (it has session 100 from birth), but 3 below it was born in that session: its leader is the root 1, so it would have to pass through 2.',
  ]);
});

test('two birth sessions', () => {
  assert.deepEqual(derivation(written('1(s1) > 2(s2*) > 3(s3*) > 4(s1); 3 > 5(s2)')), [
    '2 is the parent of 3 in the tree, and a parent is always an ancestor by birth.',
    '3 is the parent of 4 in the tree, and a parent is always an ancestor by birth.',
    '3 is the parent of 5 in the tree, and a parent is always an ancestor by birth.',
    '3 stands between the root 1 and 4, which was born in session 1: so 3 was born in session 1.',
    '3 was never in session 2 (born in 1, it leads 3), but 5 below it was born in that session: so 2, the leader of session 2, is below 3 too.',
    'So 2 would descend from 3, and 3 from 2: nobody is an ancestor of its own ancestor.',
  ]);
});

test('two regions of the root: both cases are followed', () => {
  const told = derivation(written('1(s1) > 2(s0) > 4(s100); 1 > 3(s1) > 5(s100)'));
  assert.deepEqual(told.slice(5), [
    '2 and 3 are both above 4, so one of them is above the other.',
    'Suppose 2 is above 3.',
    '  2 was never in session 1 (it has session 0 from birth), but 3 below it was born in that session: its leader is the root 1, so it would have to pass through 2.',
    'So it is the other way round: 3 is above 2.',
    '3 was never in session 0 (it has session 1 from birth), but 2 below it was born in that session: that session is there before anybody is born, so it would have to pass through 3.',
  ]);
});

test('processes between those of the core are passed over in words', () => {
  const told = derivation(written('1(s1) > 2(s100) > 6(s6*) > 3(s1)'));
  assert.match(told[0]!, /^2 is an ancestor of 3 in the tree/);
});
