import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecentRecords } from '../../src/store/recent-records.ts';

describe('recent records', () => {
  const bytesOf = (record: string): number => record.length;

  it('never have more bytes than they may', () => {
    const records = new RecentRecords(100, bytesOf);
    for (let i = 0; i < 1000; i++) records.put(`${i}`, 'x'.repeat(1 + (i % 50)));
    let bytes = 0;
    for (let i = 0; i < 1000; i++) bytes += records.get(`${i}`)?.length ?? 0;
    assert.ok(bytes > 0 && bytes <= 100, `${bytes}`);
  });

  it('keep what is used while others come', () => {
    const records = new RecentRecords(100, bytesOf);
    records.put('used', 'x'.repeat(10));
    records.put('unused', 'x'.repeat(10));
    for (let i = 0; i < 100; i++) {
      records.put(`${i}`, 'x'.repeat(10));
      assert.equal(records.get('used')?.length, 10, `after ${i} others`);
    }
    assert.equal(records.get('unused'), undefined);
  });

  it('replace, remove, and leave out what is too large', () => {
    const records = new RecentRecords(100, bytesOf);
    records.put('a', 'old');
    records.put('a', 'new');
    assert.equal(records.get('a'), 'new');
    records.put('b', 'x'.repeat(51));
    assert.equal(records.get('b'), undefined);
    records.put('a', 'x'.repeat(51));
    assert.equal(records.get('a'), undefined);
    records.put('c', 'y');
    records.put('d', 'z'.repeat(50));
    assert.equal(records.get('c'), 'y');
    records.remove('c');
    records.removeWhere((record) => record.startsWith('z'));
    assert.deepEqual([records.get('c'), records.get('d')], [undefined, undefined]);
  });

  it('keep nothing where they may have no bytes', () => {
    const records = new RecentRecords(0, bytesOf);
    records.put('a', 'x');
    assert.equal(records.get('a'), undefined);
  });

  it('move with their bytes into the memory of the younger generation when they are used again', () => {
    const records = new RecentRecords<Uint8Array>(
      2000,
      (record) => record.length,
      (record, memory) => memory.keep(record),
    );
    records.put('used', Uint8Array.of(1, 2, 3));
    const memories = new Set<ArrayBufferLike>();
    for (let i = 0; i < 100; i++) {
      records.put(`${i}`, new Uint8Array(100).fill(9));
      const used = records.get('used')!;
      assert.deepEqual([...used], [1, 2, 3]);
      memories.add(used.buffer);
    }
    // Of 100 records of 100 bytes, a generation has nine beside the one that is used.
    assert.equal(memories.size, 12);
  });
});
