/** Numbers that dead leaders have inside a pid namespace: nobody else can have them there. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeImage } from '../../../../src/formats/tree-image-schema.ts';
import { planImage, provenPlan, treeOf } from '../../../histories/proven-plan.ts';
import { image, process } from './nested-case.ts';

/** 5 is in the session and group of a dead leader 50, which is 3 inside; 7 is in a group of 60. */
function tree(insideOf7: number, insideOf60: number): TreeImage {
  const own = { nspgid: [2, 1], nssid: [2, 1] };
  return image({ a: ['0', 2] }, [
    process([1, 0, 1, 1], '0'),
    process([2, 1, 2, 2, 1], 'a', own),
    process([5, 2, 50, 50, 4], 'a', { nspgid: [50, 3], nssid: [50, 3] }),
    process([7, 2, 60, 2, insideOf7], 'a', { nspgid: [60, insideOf60], nssid: [2, 1] }),
  ]);
}

for (const [who, broken, pids] of [
  ['a process', tree(3, 9), [5, 7]],
  ['the dead owner of a group', tree(8, 3), [5, 7]],
  ['a process, and that of a group its own,', tree(9, 9), [7]],
] as const) {
  test(`${who} has the number of a dead leader inside: refused by a proof`, () => {
    const { outcome, diagnostics, verification } = planImage(broken);
    assert.equal(outcome, 'unrestorable');
    const { rule, facts } = diagnostics[0]!.detail as { rule: string; facts: { pid: number }[] };
    assert.equal(rule, 'N10');
    for (const pid of pids) assert.ok(facts.some((fact) => fact.pid === pid));
    assert.equal(verification?.by, 'proof checker');
  });
}

test('with numbers of their own there is a plan', () => {
  assert.ok(provenPlan(treeOf(tree(8, 9))).steps.length > 0);
});
