/** Conflicts of births as facts and in words. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fact } from '../../../src/engine/answer-types/conflict.ts';
import { conflictCore } from '../../../src/engine/diagnosis/conflict-core.ts';
import { conflictOfBirths } from '../../../src/engine/diagnosis/explain-conflict.ts';
import { nestedConflict } from '../../../src/engine/diagnosis/nested-conflict.ts';
import { problemOf } from '../../../src/engine/planner/problem-of-tree.ts';
import type { ProcessImage } from '../../../src/formats/tree-image-schema.ts';
import { planImage, treeOf } from '../../histories/proven-plan.ts';
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

test('a broken rule of a large tree is made small by its rules, with the owners that it is about', () => {
  const shell = (pid: number, ppid: number): ProcessImage => ({
    ...{ pid, ppid, sid: pid, pgid: pid, pidns: '0', nspid: [pid], nssid: [pid], nspgid: [pid] },
  });
  const init = { ...shell(2, 1), pidns: '1', nspid: [2, 1], nssid: [2, 1], nspgid: [2, 1] };
  const others = Array.from({ length: 60 }, (_, i) => shell(3 + i, i < 2 ? 1 : 1 + i));
  const outside = { ...shell(100, 62), sid: 2, nssid: [2], pgid: 2, nspgid: [2] };
  const tree = treeOf({
    root: 1,
    pidNamespaces: [
      { id: '0', parent: null, init: 1 },
      { id: '1', parent: '0', init: 2 },
    ],
    processes: [shell(1, 0), init, ...others, outside],
  });
  const budget = { work: 1_000_000 };
  const told = { rule: 'N3', text: '', fields: [] };
  const { pids, minimal } = nestedConflict(tree, [tree.indexOf(100)], told, budget);
  assert.deepEqual([pids, minimal], [[1, 2, 100], true]);
  assert.ok(budget.work > 900_000, `${budget.work} left`);
});

test('a number that shows wrongly inside is a fact of the conflict', () => {
  const process = (pid: number, inner: readonly number[], nspgid: readonly number[]): ProcessImage => ({
    ...{ pid, ppid: pid === 1 ? 0 : 1, sid: pid, pgid: pid, pidns: inner.length > 0 ? '1' : '0' },
    ...{ nspid: [pid, ...inner], nssid: [pid, ...inner], nspgid: [...nspgid] },
  });
  const { outcome, diagnostics } = planImage({
    root: 1,
    pidNamespaces: [
      { id: '0', parent: null, init: 1 },
      { id: '1', parent: '0', init: 6 },
    ],
    processes: [process(1, [], [1]), process(6, [1], [6, 0])],
  });
  assert.equal(outcome, 'unrestorable');
  const { rule, facts } = diagnostics[0]!.detail as { rule: string; facts: readonly Fact[] };
  assert.equal(rule, 'N5');
  assert.ok(facts.some(({ pid, field, value }) => pid === 6 && field === 'nspgid' && value === '6 0'));
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
