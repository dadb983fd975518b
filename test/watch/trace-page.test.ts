/** Pages of the ring buffer, made by hand. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventFormat, pageFormat } from '../../src/watch/trace-format.ts';
import { readTracePage } from '../../src/watch/trace-page.ts';

const FORMAT = pageFormat(`	field: u64 timestamp;	offset:0;	size:8;	signed:0;
	field: local_t commit;	offset:8;	size:8;	signed:1;
	field: int overwrite;	offset:8;	size:1;	signed:1;
	field: char data;	offset:16;	size:4080;	signed:0;
`)!;

/** @param words of 32 bits behind the header */
function page(time: bigint, words: readonly number[], flags = 0, missed?: bigint): Buffer {
  const made = Buffer.alloc(4096);
  made.writeBigUInt64LE(time, 0);
  made.writeBigUInt64LE(BigInt(words.length * 4) + (BigInt(flags) << 24n), 8);
  for (const [i, word] of words.entries()) made.writeUInt32LE(word >>> 0, 16 + 4 * i);
  if (missed !== undefined) made.writeBigUInt64LE(missed, 16 + 4 * words.length);
  return made;
}

const entry = (type: number, delta: number): number => ((delta << 5) | type) >>> 0;

function recordsOf(bytes: Buffer): { records: [number, number][]; missed: boolean; missedCount: number } {
  const records: [number, number][] = [];
  const { missed, missedCount } = readTracePage(bytes, FORMAT, (time, at) =>
    records.push([time, bytes.readUInt32LE(at)]),
  );
  return { records, missed, missedCount };
}

test('records have the times of the page and of the entries before them', () => {
  const bytes = page(1000n, [entry(1, 5), 77, entry(2, 7), 88, 0, entry(0, 1), 8, 99]);
  assert.deepEqual(recordsOf(bytes).records, [
    [1005, 77],
    [1012, 88],
    [1013, 99],
  ]);
});

test('time extends, time stamps and padding are passed', () => {
  const bytes = page(1000n, [
    entry(30, 3),
    1,
    entry(1, 0),
    5,
    entry(29, 2),
    8,
    0,
    entry(31, 9),
    2,
    entry(1, 1),
    6,
  ]);
  assert.deepEqual(recordsOf(bytes).records, [
    [1000 + 2 ** 27 + 3, 5],
    [2 * 2 ** 27 + 9 + 1, 6],
  ]);
  assert.deepEqual(recordsOf(page(1n, [entry(1, 1), 4, entry(29, 0), 0, entry(1, 1), 5])).records, [[2, 4]]);
});

test('overwritten records are told, with their number where the page has it', () => {
  assert.deepEqual(recordsOf(page(1n, [entry(1, 1), 4], 0x80)), {
    records: [[2, 4]],
    missed: true,
    missedCount: 0,
  });
  assert.equal(recordsOf(page(1n, [entry(1, 1), 4], 0xc0, 31n)).missedCount, 31);
  assert.equal(recordsOf(page(1n, [entry(1, 1), 4])).missed, false);
});

test('fields lie where the kernel says, and one that is missing is no format', () => {
  const text = `name: sched_process_fork
ID: 366
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;

	field:__data_loc char[] parent_comm;	offset:8;	size:4;	signed:0;
	field:char comm[16];	offset:12;	size:16;	signed:0;
	field:pid_t child_pid;	offset:28;	size:4;	signed:1;
`;
  const format = eventFormat(text, ['child_pid'])!;
  assert.equal(format.id, 366);
  assert.deepEqual(format.fields.get('child_pid'), { offset: 28, size: 4 });
  assert.deepEqual(format.fields.get('comm'), { offset: 12, size: 16 });
  assert.equal(eventFormat(text, ['group_dead']), null);
});
