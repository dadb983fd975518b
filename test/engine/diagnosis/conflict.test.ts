/** Conflicts of births as facts and in words. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conflictCore } from '../../../src/engine/diagnosis/conflict-core.ts';
import { conflictOfBirths } from '../../../src/engine/diagnosis/explain-conflict.ts';
import { problemOf } from '../../../src/engine/planner/problem-of-tree.ts';
import { treeOf } from '../../histories/proven-plan.ts';
import { written } from '../planner/tree-notation.ts';

test('a core is what is left when nothing more can be deleted, with lifted parents', () => {
  const tree = treeOf(written('1 > 9 > 2(s100) > 8(s8*) > 3(s1); 1 > 7'));
  const core = conflictCore(problemOf(tree), [tree.indexOf(3)], { work: 1e7 });
  assert.deepEqual(
    core.processes.map((v) => tree.pid[v]),
    [1, 2, 3],
  );
  assert.deepEqual(core.parent, [-1, 0, tree.indexOf(2)]);
  assert.deepEqual(core.needsParent, [false, false, true]);
  assert.ok(core.minimal);
});

test('the search begins with the whole tree where the processes named are no conflict', () => {
  const tree = treeOf(written('1(s1) > 2(s100) > 3(s1); 1 > 4'));
  const core = conflictCore(problemOf(tree), [tree.indexOf(4)], { work: 1e7 });
  assert.deepEqual(
    core.processes.map((v) => tree.pid[v]),
    [1, 2, 3],
  );
});

test('each fact names a process and a field; a lifted parent is told apart', () => {
  const tree = treeOf(written('1(s1) > 2(s100) > 8(s8*) > 3(s1)'));
  const conflict = conflictOfBirths(tree, conflictCore(problemOf(tree), [tree.indexOf(3)], { work: 1e7 }));
  assert.deepEqual(conflict, {
    rule: 'ORIGIN',
    pids: [1, 2, 3],
    facts: [
      { pid: 1, field: 'sid', value: 1 },
      { pid: 2, field: 'sid', value: 100 },
      { pid: 3, field: 'sid', value: 1 },
      { pid: 3, field: 'ppid', value: 8, below: 2 },
    ],
    text: 'No order of births, setsid calls and deaths gives all of this: 1 leads session 1; 2 is in session 100, whose leader is gone; 3 is in session 1 and is below 2.',
    minimal: true,
  });
});

test('the words tell living leaders, dead ones and the session from outside apart', () => {
  const tree = treeOf(written('1(s1) > 2(s0) > 4(s100); 1 > 3(s1) > 5(s100)'));
  const { text } = conflictOfBirths(tree, conflictCore(problemOf(tree), [tree.indexOf(4)], { work: 1e7 }));
  assert.match(text, /2 is in a session from outside/);
  assert.match(text, /3 is in session 1;/);
  assert.match(text, /4 is in session 100, whose leader is gone/);
});
