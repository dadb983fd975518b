/** Where the planner comes to no verdict, a proof may still be found: then the tree is refused with it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refutedBirths, refutedConflict } from '../../../src/engine/diagnosis/refuted-conflict.ts';
import type { ProcessImage, TreeImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage, treeOf } from '../../histories/proven-plan.ts';
import { written } from '../planner/tree-notation.ts';

const BUDGET = 20_000_000;

const inside = (pid: number, ppid: number, pgid: number): ProcessImage => ({
  pid,
  ppid,
  pgid,
  sid: 1,
  pidns: '1',
  nspid: [pid, pid === 2 ? 1 : pid],
  nspgid: [pgid, 0],
  nssid: [1, 0],
});

/** 3 keeps group 1 from its birth, and 4 below it has group 6 from birth; 9 has nothing to do with it. */
const TWO_GROUPS: TreeImage = {
  root: 1,
  pidNamespaces: [
    { id: '0', parent: null, init: 1 },
    { id: '1', parent: '0', init: 2 },
  ],
  processes: [
    { pid: 1, ppid: 0, pgid: 1, sid: 1, pidns: '0', nspid: [1], nspgid: [1], nssid: [1] },
    inside(2, 1, 6),
    inside(3, 2, 1),
    inside(4, 3, 6),
    inside(9, 1, 1),
  ],
};

test('two groups that only birth gives, one below the other: refused, without the bystander', () => {
  const { outcome, diagnostics, verification } = planImage(TWO_GROUPS);
  assert.equal(outcome, 'unrestorable');
  assert.deepEqual(diagnostics[0]!.pids, [1, 2, 3, 4]);
  assert.match(
    diagnostics[0]!.message,
    /^3 can never have left group 1, .* but 4 below it was born in group 6\.$/,
  );
  assert.equal(verification?.by, 'proof checker');
});

test('the search alone finds the smallest part, and nothing in what is reachable', () => {
  const core = written('1(s1) > 2(s100) > 3(s1)');
  const wider = { ...core, processes: [...core.processes, { pid: 50, ppid: 3, pgid: 1, sid: 1 }] };
  const conflict = refutedConflict(treeOf(wider), { work: BUDGET });
  assert.deepEqual(conflict?.pids, [1, 2, 3]);
  assert.equal(conflict?.minimal, true);
  assert.equal(refutedConflict(treeOf(written('1(s1) > 2(s100)')), { work: BUDGET }), null);
});

test('given births that exclude each other: the fewest of them', () => {
  const tree = treeOf(written('1(s1) > 2(s2*) > 7(s4); 1 > 4(s4*) > 5(s2); 1 > 9(s1)'));
  const births = { '2': 1, '4': 1, '9': 1 };
  const refuted = refutedBirths(tree, { respectCaba: true, births }, { work: BUDGET });
  assert.deepEqual(refuted, { pids: [2, 4], minimal: true });
  assert.equal(refutedBirths(tree, { respectCaba: true, births: { '4': 2 } }, { work: BUDGET }), null);
});

test('a process below a root that is no init was not born outside', () => {
  const image: TreeImage = {
    root: 7,
    pidNamespaces: [{ id: '0', parent: null, init: null }],
    processes: [
      { pid: 7, ppid: 0, sid: 7, pgid: 7, caba: 0 },
      { pid: 8, ppid: 7, sid: 7, pgid: 7, caba: 0 },
    ],
  };
  const { outcome, diagnostics, verification } = planImage(image);
  assert.equal(outcome, 'unrestorable');
  assert.equal(diagnostics[0]!.code, 'CABA_CONTRADICTION');
  assert.deepEqual(verification, { by: 'proof checker', facts: 4, steps: 1 });
});

test('the child of a nested init may have been born of somebody who was put into its namespace from outside', () => {
  const inside = { pidns: '1', sid: 9, pgid: 9, nssid: [9, 1], nspgid: [9, 1] };
  const image: TreeImage = {
    root: 7,
    pidNamespaces: [
      { id: '0', parent: null, init: null },
      { id: '1', parent: '0', init: 9 },
    ],
    processes: [
      { pid: 7, ppid: 0, sid: 7, pgid: 7 },
      { pid: 9, ppid: 7, nspid: [9, 1], ...inside },
      { pid: 8, ppid: 9, nspid: [8, 2], ...inside, caba: 0 },
    ],
  };
  const { outcome, diagnostics } = planImage(image);
  assert.deepEqual([outcome, diagnostics[0]!.detail.reason], ['undecided', 'born outside']);
  const below = { pid: 6, ppid: 8, nspid: [6, 3], ...inside, caba: 0 };
  const refused = planImage({ ...image, processes: [...image.processes, below] });
  assert.equal(refused.outcome, 'unrestorable');
  assert.deepEqual(refused.diagnostics[0]!.pids, [6]);
});
