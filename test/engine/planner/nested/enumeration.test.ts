/**
 * Every small tree with nested pid namespaces, planned or refused with its minimal conflict; nothing is undecided.
 * `npm run test:full` takes the sizes that need more than some seconds too.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FULL } from '../../../full-size.ts';
import { planImage } from '../../../histories/proven-plan.ts';
import { smallTrees } from '../small-trees.ts';
import { CHAIN, fittingTrees, imageOf, modelOf, ONE_BELOW, SIBLINGS } from './enumeration.ts';
import { codeOf, reachableCodes } from './enumeration-kernel-model.ts';

/** Forest, n, trees that fit the local rules, trees that a history leads to; the last ones are for the full run. */
const COUNTS = [
  ['one namespace', ONE_BELOW, 2, 9, 7],
  ['one namespace', ONE_BELOW, 3, 170, 123],
  ['chain', CHAIN, 3, 112, 70],
  ['siblings', SIBLINGS, 3, 43, 27],
  ['siblings', SIBLINGS, 4, 1760, 1015],
  ['one namespace', ONE_BELOW, 4, 3407, 2059],
  ['chain', CHAIN, 4, 5868, 3270],
  ['one namespace', ONE_BELOW, 5, 74_058, 35_044],
  ['siblings', SIBLINGS, 5, 62_832, 30_744],
  ['chain', CHAIN, 5, 254_617, 114_757],
] as const;
const SMALL = 4;

for (const [name, forest, n, valid, reached] of COUNTS.slice(0, FULL ? COUNTS.length : SMALL)) {
  test(`${name}, ${n} processes: ${reached} of ${valid} trees are planned, the others are refused`, () => {
    let fitting = 0;
    let planned = 0;
    for (const tree of fittingTrees(forest, n)) {
      fitting++;
      const image = imageOf(forest, tree);
      const { outcome, verification, diagnostics } = planImage(image);
      if (outcome === 'restorable') {
        planned++;
        assert.ok(verification?.by === 'simulator' && verification.processesCompared === n);
      } else {
        assert.equal(outcome, 'unrestorable', JSON.stringify(image));
        assert.equal(diagnostics[0]!.detail.minimal, true, JSON.stringify(image));
      }
    }
    assert.deepEqual([fitting, planned], [valid, reached]);
  });
}

/** Forest, processes at a time, sizes for which that many suffice. */
const ORACLES = [
  ['one namespace', ONE_BELOW, 5, [2, 3]],
  ['chain', CHAIN, 5, [3, 4]],
  ['siblings', SIBLINGS, 5, [3, 4]],
  ['one namespace', ONE_BELOW, 6, [4]],
] as const;

for (const [name, forest, most, sizes] of ORACLES.slice(0, FULL ? ORACLES.length : 1)) {
  test(`${name}: the planner says what ${most} processes at a time can do, for ${sizes.join(' and ')}`, () => {
    const reachable = reachableCodes(forest, most);
    for (const n of sizes) {
      for (const tree of fittingTrees(forest, n)) {
        const expected = reachable.has(codeOf(tree)) ? 'restorable' : 'unrestorable';
        assert.equal(planImage(imageOf(forest, tree)).outcome, expected, JSON.stringify(tree));
      }
    }
  });
}

for (const [name, forest, most, sizes] of ORACLES.slice(0, FULL ? ORACLES.length : 1)) {
  test(`${name}: what ${most} processes at a time can do without CLONE_PARENT is planned, for ${sizes.join(' and ')}`, () => {
    const reachable = reachableCodes(forest, most, false);
    for (const n of sizes) {
      for (const tree of fittingTrees(forest, n)) {
        const { outcome, diagnostics } = planImage(imageOf(forest, tree), { allowCloneParent: false });
        assert.equal(outcome === 'restorable', reachable.has(codeOf(tree)), JSON.stringify(tree));
        if (outcome === 'undecided') assert.equal(diagnostics[0]!.detail.reason, 'CLONE_PARENT');
      }
    }
  });
}

test('the enumeration and the published sets name the same trees', () => {
  const sets = [
    ['one-ns.sessions.n2', ONE_BELOW, 2],
    ['one-ns.sessions.n3', ONE_BELOW, 3],
    ['one-ns.sessions.n4', ONE_BELOW, 4],
    ['chain.sessions.n3', CHAIN, 3],
    ['siblings.sessions.n3', SIBLINGS, 3],
  ] as const;
  for (const [set, forest, n] of sets) {
    const codes = new Set<string>();
    let trees = 0;
    for (const tree of fittingTrees(forest, n)) {
      codes.add(codeOf(tree));
      trees++;
    }
    assert.equal(codes.size, trees);
    for (const verdict of ['reachable', 'unreachable'] as const) {
      for (const image of smallTrees(`namespaces/${set}`, verdict)) {
        assert.ok(codes.delete(codeOf(modelOf(image))), JSON.stringify(image));
      }
    }
    assert.equal(codes.size, 0);
  }
});
