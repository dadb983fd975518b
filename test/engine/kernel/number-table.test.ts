/** The number table: what was put in comes out, and no image of few processes makes it large. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NumberTable } from '../../../src/engine/kernel/number-table.ts';

const LARGEST = 2 ** 31 - 1;
const INSIDE = 5;

for (const births of [0, 100, 100_000]) {
  test(`numbers of level 0 and of a namespace are apart, ${births} births`, () => {
    const table = new NumberTable(births);
    const numbers = [1, 2, 1023, 1024, 2 ** 22 - 1, 2 ** 22, 2 ** 22 + 16, 2 ** 30, LARGEST];
    numbers.forEach((number, i) => {
      assert.equal(table.outermost(number), 0);
      table.setOutermost(number, i + 1);
      assert.equal(table.inner(INSIDE, number), 0);
      table.setInner(INSIDE, number, i + 101);
    });
    numbers.forEach((number, i) => {
      assert.equal(table.outermost(number), i + 1);
      assert.equal(table.inner(INSIDE, number), i + 101);
    });
    assert.equal(table.outermost(2 ** 22 + 1), 0);
  });
}

test('numbers that are far apart take no more than some bytes each', () => {
  const count = 20_000;
  const apart = Math.floor(LARGEST / count);
  const before = process.memoryUsage().arrayBuffers;
  const table = new NumberTable(count);
  for (let i = 1; i <= count; i++) table.setOutermost(i * apart, i);
  assert.equal(table.outermost(count * apart), count);
  assert.ok(process.memoryUsage().arrayBuffers - before < 32 * 2 ** 20);
});
