import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTree } from '../../../src/engine/tree/build-tree.ts';
import { type PidNamespaceDeclaration, ProcessColumns } from '../../../src/engine/tree/process-columns.ts';

const OUTERMOST = { id: '0', parent: null, init: 1 };
const A = { id: 'a', parent: '0', init: 2 };
const BESIDE = { id: 'b', parent: '0', init: 3 };
const INSIDE = { id: 'b', parent: 'a', init: 3 };

/** 1 in level 0, and 2 and 3 in the first and the last nested namespace, with these numbers. */
function faultsOf(nested: PidNamespaceDeclaration[], two: number[], three: number[]): string[] {
  const columns = new ProcessColumns();
  columns.namespaces = [OUTERMOST, ...nested];
  columns.append(1, 0, 1, 1);
  columns.setLevels([1], [1], [1]);
  for (const [vector, home] of [[two, 1] as const, [three, nested.length] as const]) {
    const row = columns.append(vector[0]!, 1, 1, 1);
    const leftOut = vector.map(() => -1);
    columns.namespace[row] = home;
    columns.setLevels(vector, leftOut, leftOut);
  }
  const built = buildTree(columns);
  return built.ok ? [] : built.faults.map(({ code, row, message }) => `${code} ${row}: ${message}`);
}

test('two processes of a namespace have two numbers there', () => {
  assert.deepEqual(faultsOf([A], [2, 1], [3, 1]), [
    'DUPLICATE_PID 2: 2 and 3 both have the number 1 in pid namespace "a".',
  ]);
  assert.deepEqual(faultsOf([A], [2, 9], [3, 4]), [], 'whatever their order');
});

test('those of a namespace below have numbers in it too', () => {
  assert.deepEqual(faultsOf([A, INSIDE], [2, 1], [3, 1, 1]), [
    'DUPLICATE_PID 2: 2 and 3 both have the number 1 in pid namespace "a".',
  ]);
  assert.deepEqual(faultsOf([A, INSIDE], [2, 1], [3, 5, 1]), []);
  assert.deepEqual(
    faultsOf([A, BESIDE], [2, 1], [3, 1]),
    [],
    'namespaces side by side have numbers of their own',
  );
});
