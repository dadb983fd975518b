import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RecordMemory } from '../../src/store/record-memory.ts';

test('what is kept says the same, begins at a multiple of 8, and nothing else changes it', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20_000 }), { maxLength: 60 }), (records) => {
      const memory = new RecordMemory();
      const kept = records.map((bytes) => memory.keep(bytes));
      for (const [i, bytes] of records.entries()) {
        assert.deepEqual(Buffer.from(kept[i]!), Buffer.from(bytes));
        if (kept[i] !== bytes) assert.equal(kept[i]!.byteOffset % 8, 0);
      }
    }),
  );
});

test('short bytes are copied into one piece after the other, long ones stay where they are', () => {
  const memory = new RecordMemory();
  const pieces = new Set<ArrayBufferLike>();
  for (let i = 0; i < 1000; i++) pieces.add(memory.keep(new Uint8Array(1001)).buffer);
  assert.equal(pieces.size, 4);
  const long = new Uint8Array(100_000);
  assert.equal(memory.keep(long), long);
});
