import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NEWPID, PARENT, StepList } from '../../src/engine/plan/step-list.ts';
import { buildTree } from '../../src/engine/tree/build-tree.ts';
import { NEW_NAMESPACE, ProcessColumns, ZOMBIE } from '../../src/engine/tree/process-columns.ts';
import { stepBytes, stepsFromBytes } from '../../src/store/step-bytes.ts';
import { treeBytes, treeFromBytes } from '../../src/store/tree-bytes.ts';

test('steps of every kind survive the way through bytes', () => {
  const steps = new StepList(2);
  steps.clone3(1, 7, PARENT);
  steps.clone3(1, 8, NEWPID, [1]);
  steps.setsid(7);
  steps.setpgid(7, 8, 7);
  steps.subreaper(7, 1);
  steps.unshare(7);
  steps.setns(7, 8);
  steps.exit(8, 51200);
  steps.wait4(7, 8);
  const copy = stepsFromBytes(stepBytes(steps));
  assert.equal(copy.length, steps.length);
  for (let i = 0; i < steps.length; i++) assert.deepEqual(copy.at(i), steps.at(i));
});

test('an empty step list survives too', () => {
  assert.equal(stepsFromBytes(stepBytes(new StepList())).length, 0);
});

test('a tree with every optional column survives the way through bytes', () => {
  const columns = new ProcessColumns(1);
  columns.namespaces = [
    { id: 'host', parent: null, init: 1 },
    { id: 'inner', parent: 'host', init: 7 },
  ];
  columns.append(1, 0, 1, 1);
  columns.setLevels([1], [1], [1]);
  columns.append(7, 1, 7, 7);
  columns.namespace[1] = 1;
  columns.setLevels([7, 1], [7, 1], [7, 1]);
  columns.appendThread(9);
  columns.append(8, 1, 1, 1);
  columns.setLevels([8], [1], [1]);
  columns.state[2] = ZOMBIE;
  columns.exitStatus[2] = 1792;
  columns.caba = new Int32Array([0, 1, -1]);
  columns.birthOrder = new Float64Array([1, 2, Number.NaN]);
  columns.startTime = new Float64Array([10, 20, 30]);
  columns.comm = ['init', undefined, 'größe'];
  columns.setForChildren(0, NEW_NAMESPACE);
  const built = buildTree(columns);
  assert.ok(built.ok);
  const copy = treeFromBytes(treeBytes(built.tree));
  assert.equal(copy.indexOf(8), built.tree.indexOf(8));
  const { indexOf: _, ...tree } = built.tree;
  const { indexOf: __, ...fields } = copy;
  assert.deepEqual(fields, tree);
});

test('a tree with none of them too', () => {
  const columns = new ProcessColumns();
  columns.append(1, 0, 1, 1);
  const built = buildTree(columns);
  assert.ok(built.ok);
  const { indexOf: _, ...tree } = built.tree;
  const { indexOf: __, ...fields } = treeFromBytes(treeBytes(built.tree));
  assert.deepEqual(fields, tree);
});
