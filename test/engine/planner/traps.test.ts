/** Trees that simpler planners lose, or refuse without reason (theory, section 2.6), and plans that must not cost more. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage, provenPlan, treeOf } from '../../histories/proven-plan.ts';
import { NO_INIT } from './small-trees.ts';
import { changed, written } from './tree-notation.ts';

const helpersOf = (image: TreeImage): number => provenPlan(treeOf(image)).summary.helpers;

test('siblings in one session are born nested where a dead leader needs both above it', () => {
  assert.equal(helpersOf(written('1(s1) > 2(s1) > 4(s100); 1 > 3(s1) > 5(s100)')), 2);
});

test('the ancestor that a member requires is found past all foreign leaders', () => {
  provenPlan(treeOf(written('1 > 2(s1) > 3(s3*) > 4(s4*) > 5(s100); 1 > 6(s100)')));
  provenPlan(treeOf(written('1 > 2(s50) > 3(s3*) > 4(s4*) > 5(s100); 1 > 6(s100)')));
  assert.equal(planImage(written('1 > 2(s50) > 3(s3*) > 4(s4*) > 5(s1)')).outcome, 'unrestorable');
});

test('births that take another choice than the proposal are found by the exact procedure', () => {
  provenPlan(treeOf(written('1 > 2(s2*) > 3(s3*); 2 > 4(s4*) > 9(s6); 2 > 5; 1 > 6(s6*) > 7(s1) > 8(s3)')));
  provenPlan(treeOf(written('1 > 2(s2*) > 3(s4); 1 > 4(s4*) > 6(s1) > 7(s7*) > 8; 2 > 5(s5*); 6 > 9(s5)')));
});

test('every leader between two members of a session was born in that session', () => {
  provenPlan(treeOf(written('1(s1) > 2(s2*) > 3(s3*) > 4(s4*) > 5(s1)')));
  provenPlan(treeOf(written('1 > 2(s100) > 3(s3*) > 4(s4*) > 5(s100)')));
  assert.equal(planImage(written('1(s1) > 2(s2*) > 3(s3*) > 4(s1); 3 > 5(s2)')).outcome, 'unrestorable');
});

test('a leader is above another although neither session contains the other', () => {
  provenPlan(treeOf(written('1(s1) > 2(s2*) > 3(s3*) > 4(s1)')));
  provenPlan(treeOf(written('1(s1) > 2(s2*) > 3(s3*) > 4(s1); 2 > 5(s2); 3 > 6(s3)')));
});

test('what is born before a setsid and what is born after it are on different branches', () => {
  provenPlan(treeOf(written('1(s1) > 2(s2*) > 3(s1) > 4(s100); 2 > 5(s2) > 6(s101)')));
  assert.equal(
    planImage(written('1(s1) > 2(s2*) > 3(s1) > 4(s100); 2 > 5(s2) > 6(s100)')).outcome,
    'unrestorable',
  );
});

test('a root that leads while the outside session is in use has two regions apart', () => {
  provenPlan(treeOf(written('1(s1) > 2(s0) > 4(s100); 1 > 3(s1) > 5(s101)')));
  assert.equal(planImage(written('1(s1) > 2(s0) > 4(s100); 1 > 3(s1) > 5(s100)')).outcome, 'unrestorable');
});

test('a dead leader carries for one parent without a helper of its own', () => {
  const { helpers } = provenPlan(treeOf(written('1 > 2(s2*); 2 > 3(s100); 1 > 4(s100)')));
  assert.deepEqual([...helpers.pid], [100]);
});

test('a zombie that leads a session carries its members', () => {
  const image = changed(written('1 > 2(s2*); 1 > 3(s2); 1 > 4(s2)'), {
    2: { state: 'zombie', exitStatus: 9 },
  });
  assert.equal(helpersOf(image), 0);
});

test('CLONE_PARENT replaces a carrier where it is allowed', () => {
  const image = written('1 > 2(s2*) > 3(s3*); 2 > 4(s3)');
  const { steps, summary } = provenPlan(treeOf(image));
  assert.equal(summary.helpers, 0);
  assert.ok(steps.flags.subarray(0, steps.length).includes(1));
  assert.equal(provenPlan(treeOf(image), { allowCloneParent: false }).summary.helpers, 1);
});

test('the root never calls CLONE_PARENT, init or not', () => {
  const image = written('1(s1) > 2(s2*) > 3(s1); 1 > 4(s2)');
  for (const tree of [image, { ...image, pidNamespaces: NO_INIT }]) {
    const { steps } = provenPlan(treeOf(tree));
    for (let i = 0; i < steps.length; i++) if (steps.flags[i] === 1) assert.notEqual(steps.actor[i], 1);
  }
});

test('orphans fall to any ancestor, and the flags end as the image says', () => {
  const chain = written('1 > 2(s2*) > 3(s3*) > 4(s4*); 2 > 5(s4); 3 > 6(s4); 1 > 7(s4)');
  for (let flags = 0; flags < 8; flags++) {
    const image = changed(chain, {
      2: { childSubreaper: (flags & 1) !== 0 },
      3: { childSubreaper: (flags & 2) !== 0 },
      4: { childSubreaper: (flags & 4) !== 0 },
    });
    provenPlan(treeOf(image));
    provenPlan(treeOf({ ...image, pidNamespaces: NO_INIT }));
  }
});
