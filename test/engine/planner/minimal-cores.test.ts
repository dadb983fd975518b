/** The eleven minimal conflicts of up to five processes, and trees that look like them and are none. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partOf } from '../../histories/minimal-conflict.ts';
import { planImage, provenPlan, treeOf } from '../../histories/proven-plan.ts';
import { written } from './tree-notation.ts';

const CORES = [
  ['a member of the root’s session below a foreign non-leader', '1(s1) > 2(s100) > 3(s1)'],
  ['a leader below a member of its own session', '1(s1) > 2(s3) > 3(s3*)'],
  ['two dead sessions, each above the other on one chain', '1 > 2(s100) > 3(s101) > 4(s100)'],
  ['a birth forced into a session that is not above', '1(s1) > 2(s2*) > 3(s1) > 4(s2)'],
  ['a dead session above and below a living one', '1 > 2(s2*) > 3(s100) > 4(s2)'],
  ['two sessions, each strictly below the other', '1 > 2(s100) > 4(s101); 1 > 3(s101) > 5(s100)'],
  ['the same, one leader alive', '1 > 2(s100) > 4(s4*); 1 > 3(s4) > 5(s100)'],
  ['the same, both leaders alive', '1 > 2(s2*) > 4(s4*); 1 > 3(s4) > 5(s2)'],
  ['the same, both leaders alive and below the members', '1 > 2(s5) > 4(s4*); 1 > 3(s4) > 5(s5*)'],
  [
    'a leader forced into the root’s session that has to be below another',
    '1(s1) > 2(s2*) > 4(s1); 1 > 3(s100) > 5(s2)',
  ],
  ['two births forced for one leader', '1(s1) > 2(s2*) > 3(s3*) > 4(s1); 3 > 5(s2)'],
] as const;

for (const [what, notation] of CORES) {
  test(`no history leads to ${what}, and each of its processes matters`, () => {
    const image = written(notation);
    const { outcome, diagnostics } = planImage(image);
    assert.equal(outcome, 'unrestorable');
    const everybody = image.processes.map(({ pid }) => pid);
    assert.deepEqual(
      [...diagnostics[0]!.pids].sort((a, b) => a - b),
      everybody.sort((a, b) => a - b),
    );
    for (const pid of everybody.filter((other) => other !== image.root)) {
      const rest = new Set(everybody.filter((other) => other !== pid));
      provenPlan(treeOf(partOf(image, rest)));
    }
  });
}

const OUTSIDE_CORES = [
  ['a leading root with a member of the outside session above one of its own', '1(s1) > 2(s0) > 3(s1)'],
  ['one session between both regions of the root', '1(s1) > 2(s0) > 4(s100); 1 > 3(s1) > 5(s100)'],
] as const;

for (const [what, notation] of OUTSIDE_CORES) {
  test(`no history leads to ${what}`, () => {
    const { outcome, diagnostics } = planImage(written(notation));
    assert.equal(outcome, 'unrestorable');
    assert.equal(diagnostics[0]!.detail.minimal, true);
  });
}

test('a conflict is found in the middle of a large tree, and nothing around it is named', () => {
  const around = Array.from({ length: 300 }, (_, i) => `1 > ${1000 + i}(s${i % 3 === 0 ? 1000 + i : 1})`);
  const image = written(
    ['1 > 50 > 51', '51 > 2(s900) > 4(s901)', '50 > 3(s901) > 5(s900)', ...around].join('; '),
  );
  const [conflict] = planImage(image).diagnostics;
  assert.deepEqual(
    [...conflict!.pids].sort((a, b) => a - b),
    [1, 2, 3, 4, 5],
  );
  assert.equal(conflict!.detail.minimal, true);
});
