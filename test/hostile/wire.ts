/** Image files made of whatever entries an attack needs: framing and protobuf messages, right or wrong. */

import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { COMMON_MAGIC, type ImageKind, TYPE_MAGIC } from '../../src/formats/criu/image-framing.ts';

/** An image file of these entries. */
export function imageFile(kind: ImageKind, entries: readonly Uint8Array[]): Buffer {
  const framed = entries.flatMap((entry) => [words(entry.length), entry]);
  return Buffer.concat([words(COMMON_MAGIC, TYPE_MAGIC[kind]), ...framed]);
}

/** 32-bit numbers, little-endian. */
export function words(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [at, number] of numbers.entries()) bytes.writeUInt32LE(number, 4 * at);
  return bytes;
}

/** Field numbers of a pstree entry. */
export const PSTREE = { pid: 1, ppid: 2, pgid: 3, sid: 4, threads: 5, vzTids: 1004 } as const;
const VZ_VECTORS = [1001, 1002, 1003] as const;

export interface WrittenProcess {
  readonly pid: number;
  readonly ppid: number;
  /** Numbers from level 0 on, as Virtuozzo writes them. */
  readonly levels?: readonly number[];
}

/** A pstree entry of a process that is in session and group 1, and then `more` as it is. */
export function pstreeEntry({ pid, ppid, levels }: WrittenProcess, ...more: readonly Uint8Array[]): Buffer {
  const writer = new BinaryWriter();
  for (const [field, number] of [
    [PSTREE.pid, pid],
    [PSTREE.ppid, ppid],
    [PSTREE.pgid, 1],
    [PSTREE.sid, 1],
  ] as const) {
    writer.tag(field, WireType.Varint).uint32(number);
  }
  if (levels !== undefined) {
    const groups = [1, ...levels.slice(1).fill(0)];
    for (const [at, field] of VZ_VECTORS.entries()) {
      for (const number of at === 0 ? levels : groups) writer.tag(field, WireType.Varint).uint32(number);
    }
  }
  return Buffer.concat([writer.finish(), ...more]);
}

/** `count` numbers 1 in the field's packed form. */
export function packedOnes(field: number, count: number): Buffer {
  const head = new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(count).finish();
  return Buffer.concat([head, Buffer.alloc(count, 1)]);
}

/** `count` empty messages in the field. */
export function emptyMessages(field: number, count: number): Buffer {
  const one = new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(0).finish();
  return Buffer.alloc(one.length * count, one);
}

/** Groups of an unknown field in each other, all of them ended. */
export function nestedGroups(depth: number): Buffer {
  const begin = new BinaryWriter().tag(15, WireType.StartGroup).finish();
  const end = new BinaryWriter().tag(15, WireType.EndGroup).finish();
  return Buffer.concat([Buffer.alloc(depth * begin.length, begin), Buffer.alloc(depth * end.length, end)]);
}

/** A core file that says alive. */
export function aliveCore(): Buffer {
  const writer = new BinaryWriter().tag(3, WireType.LengthDelimited).fork();
  return imageFile('core', [writer.tag(1, WireType.Varint).uint32(1).join().finish()]);
}

/** An ids file of a process in this pid namespace. */
export function idsFile(namespace: number): Buffer {
  return imageFile('ids', [new BinaryWriter().tag(5, WireType.Varint).uint32(namespace).finish()]);
}
