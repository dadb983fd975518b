import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  bytes,
  copyOf,
  float64s,
  int32s,
  unsetInt32s,
  withScratch,
} from '../../../src/engine/tree/scratch.ts';

/** Lengths of which all columns of a test fit into the first block, and of which they need further ones. */
const LENGTHS = [100, 100_000];

describe('scratch columns', () => {
  for (const length of LENGTHS) {
    it(`of ${length} are clear, whatever the memory held before`, () => {
      withScratch(() => {
        withScratch(() => {
          for (let i = 0; i < 4; i++) int32s(length, 7);
          bytes(length).fill(7);
          float64s(length, 7);
        });
        assert.ok(int32s(length).every((value) => value === 0));
        assert.ok(int32s(length, -1).every((value) => value === -1));
        assert.ok(bytes(length).every((value) => value === 0));
        assert.ok(float64s(length).every((value) => value === 0));
        assert.ok(float64s(length, -1.5).every((value) => value === -1.5));
        assert.deepEqual(
          copyOf(Int32Array.from({ length }, (_, i) => i)),
          Int32Array.from({ length }, (_, i) => i),
        );
      });
    });

    it(`of ${length} share no memory while their scopes are open`, () => {
      withScratch(() => {
        withScratch(() => int32s(length));
        const columns: (Int32Array | Float64Array)[] = [int32s(length, 1)];
        withScratch(() => {
          columns.push(int32s(length, 2), copyOf(int32s(length)), float64s(length, 4), unsetInt32s(length));
          columns[2]!.fill(3);
          columns[4]!.fill(5);
          for (const [i, column] of columns.entries()) assert.ok(column.every((value) => value === i + 1));
        });
        assert.ok(columns[0]!.every((value) => value === 1));
      });
    });

    it(`of ${length} use the memory of scopes that have ended`, () => {
      const [inner, later] = withScratch(() => [
        withScratch(() => int32s(length).buffer),
        int32s(length).buffer,
      ]);
      assert.equal(later, inner);
      assert.equal(
        withScratch(() => int32s(length).buffer),
        inner,
      );
    });
  }

  it('leave 16 MiB of memory at most to later scopes', () => {
    const length = 1 << 21;
    const [fits, large] = withScratch(() => [int32s(length).buffer, int32s(2 * length + 1).buffer]);
    assert.ok(withScratch(() => int32s(length).buffer) === fits);
    assert.ok(withScratch(() => int32s(2 * length + 1).buffer) !== large);
  });

  it('that are unset lie in the block that is opened for them', () => {
    withScratch(() => {
      const columns = [1, 2, 3].map((value) => unsetInt32s(200_000).fill(value));
      for (const [i, column] of columns.entries()) assert.ok(column.every((value) => value === i + 1));
    });
  });

  it('that are larger than the next block have a later one, and leave that to smaller ones', () => {
    withScratch(() => {
      const first = withScratch(() => [int32s(300_000, 1).buffer, int32s(1_000_000, 1).buffer]);
      const large = int32s(1_000_000);
      const small = int32s(100, 1);
      assert.equal(large.buffer, first[1]);
      assert.equal(small.buffer, first[1]);
      assert.ok(large.every((value) => value === 0));
      assert.notEqual(first[0], first[1]);
    });
  });

  it('of more than one block keep what they hold, and an inner scope gives its part of a block back', () => {
    withScratch(() => {
      const columns = Array.from({ length: 400 }, (_, i) => int32s(1000, i));
      const inner = withScratch(() => int32s(1000, -1));
      const later = int32s(1000, 400);
      assert.equal(later.buffer, inner.buffer);
      assert.equal(later.byteOffset, inner.byteOffset);
      for (const [i, column] of [...columns, later].entries())
        assert.ok(column.every((value) => value === i));
      assert.notEqual(later.buffer, columns[0]!.buffer);
    });
  });
});
