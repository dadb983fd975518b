/** Processes put into level 0 from outside: the restorer, pid 0, is their parent (contract, section 2). */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeImage } from '../../../../src/formats/tree-image-schema.ts';
import { planImage, provenPlan, treeOf } from '../../../histories/proven-plan.ts';

/** Rows are pid, ppid, pgid, sid; 1 is the init of level 0. */
function image(...rows: readonly (readonly [number, number, number, number])[]): TreeImage {
  return {
    root: 1,
    processes: rows.map(([pid, ppid, pgid, sid]) => ({ pid, ppid, pgid, sid, childSubreaper: false })),
  };
}

function callsOf(tree: TreeImage): string[] {
  const { steps } = provenPlan(treeOf(tree));
  return Array.from({ length: steps.length }, (_, i) => {
    const step = steps.at(i);
    return `${step.pid} ${step.op}${'child' in step ? ` ${step.child}` : ''}`;
  });
}

test('a member of the session outside is made by the restorer', () => {
  assert.ok(callsOf(image([1, 0, 1, 1], [6, 0, 0, 0])).includes('0 clone3 6'));
});

test('a session leader put in from outside may have a member below the init', () => {
  provenPlan(treeOf(image([1, 0, 1, 1], [6, 0, 6, 6], [7, 6, 6, 6], [8, 1, 6, 6])));
});

test('members of a dead session that hang from outside are siblings of its leader', () => {
  const calls = callsOf(image([1, 0, 1, 1], [6, 0, 100, 100], [7, 0, 100, 100]));
  assert.deepEqual(calls.slice(0, 4), ['0 clone3 100', '100 setsid', '100 clone3 6', '100 clone3 7']);
  assert.equal(calls.at(-1), '0 wait4 100');
});

test('a process that an init outside has adopted cannot be told from one put in, and is planned as one', () => {
  provenPlan(treeOf(image([1, 0, 1, 1], [6, 0, 7, 0], [7, 0, 7, 0], [8, 6, 7, 0])));
});

test('a member of the root session cannot hang from outside: an init uses no CLONE_PARENT', () => {
  assert.equal(planImage(image([1, 0, 1, 1], [6, 0, 1, 1])).outcome, 'unrestorable');
});
