import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ColumnBlock, columnSize } from '../../../src/engine/tree/column-block.ts';

test('columns of a block are clear, have the asked lengths, and share memory but no byte of it', () => {
  for (const length of [0, 1, 3, 8, 101]) {
    const block = new ColumnBlock(
      2 * columnSize(length, 1) + columnSize(length + 1, 4) + columnSize(length, 4),
    );
    const columns = [
      block.bytes(length),
      block.int32s(length + 1),
      block.bytes(length),
      block.int32s(length),
    ];
    assert.deepEqual(
      columns.map((column) => column.length),
      [length, length + 1, length, length],
    );
    assert.ok(columns.every((column) => column.buffer === columns[0]!.buffer));
    assert.ok(columns.every((column) => column.every((value) => value === 0)));
    columns.forEach((column, i) => {
      column.fill(i + 1);
    });
    columns.forEach((column, i) => {
      assert.ok(column.every((value) => value === i + 1));
    });
  }
});

test('a block that was made too small says so', () => {
  const block = new ColumnBlock(columnSize(10, 4));
  block.int32s(10);
  assert.throws(() => block.int32s(1), RangeError);
});
