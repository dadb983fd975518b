import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { PstreeEntrySchema } from '../../../src/formats/criu/gen/pstree_pb.ts';
import { type PstreeEntry, pstreeEntryOf, readPstreeEntry } from '../../../src/formats/criu/pstree-entry.ts';

const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1000, 1001, 1002, 1003, 1004, 1005, 1006];
const number = fc.oneof(fc.nat(9), fc.constantFrom(127, 128, 2 ** 31, 2 ** 32 - 1), fc.nat());

/** One field of an entry, rightly written or in another wire type than its own. */
const field = fc.oneof(
  fc.tuple(fc.constantFrom(...NUMBERS), number).map(([no, value]) => {
    return new BinaryWriter().tag(no, WireType.Varint).uint32(value).finish();
  }),
  fc.tuple(fc.constantFrom(...NUMBERS), fc.array(number, { maxLength: 4 })).map(([no, values]) => {
    return new BinaryWriter().tag(no, WireType.LengthDelimited).bytes(packed(values)).finish();
  }),
  fc.array(number, { maxLength: 3 }).map((tids) => {
    const thread = new BinaryWriter();
    for (const tid of tids) thread.tag(1, WireType.Varint).uint32(tid);
    return new BinaryWriter().tag(1004, WireType.LengthDelimited).bytes(thread.finish()).finish();
  }),
  fc.array(number, { maxLength: 3 }).map((tids) => {
    const thread = new BinaryWriter().tag(2, WireType.Varint).uint32(9);
    thread.tag(1, WireType.LengthDelimited).bytes(packed(tids));
    return new BinaryWriter().tag(1004, WireType.LengthDelimited).bytes(thread.finish()).finish();
  }),
  fc.constantFrom(0, 2, 98, 99, 101).map(nested),
  fc.uint8Array({ maxLength: 3 }),
);

function packed(values: readonly number[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const value of values) writer.uint32(value);
  return writer.finish();
}

function nested(depth: number): Uint8Array {
  const writer = new BinaryWriter();
  for (let at = 0; at < depth; at++) writer.tag(15, WireType.StartGroup);
  for (let at = 0; at < depth; at++) writer.tag(15, WireType.EndGroup);
  return writer.finish();
}

function outcome(read: () => PstreeEntry): PstreeEntry | 'refused' {
  try {
    return read();
  } catch {
    return 'refused';
  }
}

describe('an entry of pstree.img', () => {
  it('is read and refused as the protobuf library does', () => {
    let read = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.array(field, { maxLength: 8 }), fc.nat(40), fc.boolean(), (fields, length, cut) => {
        const whole = Buffer.concat(fields);
        const bytes = cut ? whole.subarray(0, Math.min(length, whole.length)) : whole;
        const ours = outcome(() => readPstreeEntry(bytes));
        const theirs = outcome(() =>
          pstreeEntryOf(fromBinary(PstreeEntrySchema, bytes, { readUnknownFields: false })),
        );
        assert.deepEqual(ours, theirs);
        if (ours === 'refused') refused++;
        else read++;
      }),
      { numRuns: 5000 },
    );
    assert.ok(read > 1000 && refused > 500, `${read} read, ${refused} refused`);
  });
});
