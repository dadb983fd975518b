/** Members of outer sessions inside: groups to be born into in turn, places to be held, children to come. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeImage } from '../../../../src/formats/tree-image-schema.ts';
import { planImage, provenPlan, treeOf } from '../../../histories/proven-plan.ts';
import { assertInOrder, callsOf, image, process } from './nested-case.ts';

test('a leader whose parent outside puts it into two groups before its setsid bears in both, and after it', () => {
  const calls = callsOf(
    image({ a: ['0', 9] }, [
      process([1, 0, 1, 1], '0'),
      process([9, 1, 4, 1, 1], 'a', { nspgid: [4, 0] }),
      process([10, 1, 10, 10, 2], 'a'),
      process([11, 10, 1, 1, 3], 'a'),
      process([13, 10, 4, 1, 4], 'a', { nspgid: [4, 0] }),
      process([32, 10, 10, 10, 11], 'a'),
    ]),
  );
  assertInOrder(
    calls,
    '10 clone3 [11 3]',
    '1 setpgid 10 4',
    '10 clone3 [13 4]',
    '10 setsid',
    '10 clone3 [32 11]',
  );
});

test('two owners sit in each other’s group: whoever cannot come back to its own does not hold the place', () => {
  const calls = callsOf(
    image({ a: ['0', 2] }, [
      process([1, 0, 1, 1], '0'),
      process([2, 1, 8, 1, 1], 'a'),
      process([8, 1, 2, 1, 308], 'a'),
      process([9, 1, 9, 9, 309], 'a'),
      process([10, 9, 1, 1, 310], 'a'),
    ]),
  );
  assert.deepEqual(
    calls.filter((call) => call.includes('setpgid 10 ')),
    [],
  );
});

test('children would be born beside the own namespace, or above it: nobody comes there', () => {
  const tree = (pidnsForChildren: string): TreeImage =>
    image({ a: ['0', 2], b: ['0', 3], c: ['a', 4] }, [
      process([1, 0, 1, 1], '0'),
      process([2, 1, 1, 1, 1], 'a', { pidnsForChildren }),
      process([3, 1, 1, 1, 1], 'b'),
      process([4, 2, 1, 1, 2, 1], 'c'),
    ]);
  for (const elsewhere of ['0', 'b']) {
    const { outcome, diagnostics, verification } = planImage(tree(elsewhere));
    assert.equal(outcome, 'unrestorable');
    assert.equal(diagnostics[0]!.detail.rule, 'N9');
    assert.equal(verification?.by, 'proof checker');
  }
  for (const within of ['a', 'c']) provenPlan(treeOf(tree(within)));
});
