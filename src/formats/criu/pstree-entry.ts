/**
 * Entries of pstree.img: one a process, and by far the most of an image set.
 *
 * In: the bytes of one entry (the fields are in proto/pstree.proto), or its message read from crit JSON.
 * Out: the same values that the protobuf library's decoder gives, a thread's vector reduced to its level-0 number: a
 * million messages with an object a thread take it seconds.
 * Throws what BinaryReader throws where the bytes are no such message.
 */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import type { PstreeEntry as PstreeMessage } from './gen/pstree_pb.ts';

export interface PstreeEntry {
  pid: number | undefined;
  ppid: number | undefined;
  pgid: number | undefined;
  sid: number | undefined;
  /** Thread ids, the process's own first; of a zombie uninitialised memory. */
  threads: readonly number[];
  /** Numbers on every level, outermost first, as the 2018 branch writes them. */
  nsPid: readonly number[];
  nsPgid: readonly number[];
  nsSid: readonly number[];
  /** … and as Virtuozzo does. */
  vzNsPid: readonly number[];
  vzNsPgid: readonly number[];
  vzNsSid: readonly number[];
  /** Level-0 thread ids; 0 where the vector is empty. */
  vzTids: readonly number[];
  vzChildSubreaper: boolean | undefined;
}

const NONE: readonly number[] = [];

export function readPstreeEntry(bytes: Uint8Array): PstreeEntry {
  const reader = new BinaryReader(bytes);
  const entry = emptyEntry();
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    switch (field) {
      case 1:
        entry.pid = reader.uint32();
        break;
      case 2:
        entry.ppid = reader.uint32();
        break;
      case 3:
        entry.pgid = reader.uint32();
        break;
      case 4:
        entry.sid = reader.uint32();
        break;
      case 5:
        entry.threads = numbers(reader, type, entry.threads);
        break;
      case 6:
        entry.nsPid = numbers(reader, type, entry.nsPid);
        break;
      case 7:
        entry.nsPgid = numbers(reader, type, entry.nsPgid);
        break;
      case 8:
        entry.nsSid = numbers(reader, type, entry.nsSid);
        break;
      case 1001:
        entry.vzNsPid = numbers(reader, type, entry.vzNsPid);
        break;
      case 1002:
        entry.vzNsPgid = numbers(reader, type, entry.vzNsPgid);
        break;
      case 1003:
        entry.vzNsSid = numbers(reader, type, entry.vzNsSid);
        break;
      case 1004:
        entry.vzTids = withNumber(entry.vzTids, levelZeroNumber(reader));
        break;
      case 1005:
        entry.vzChildSubreaper = reader.bool();
        break;
      default:
        reader.skip(type, field, DEEPEST_GROUP);
    }
  }
  return entry;
}

export function pstreeEntryOf(message: PstreeMessage): PstreeEntry {
  return {
    pid: message.pid,
    ppid: message.ppid,
    pgid: message.pgid,
    sid: message.sid,
    threads: message.threads,
    nsPid: message.nsPid,
    nsPgid: message.nsPgid,
    nsSid: message.nsSid,
    vzNsPid: message.vzNsPid,
    vzNsPgid: message.vzNsPgid,
    vzNsSid: message.vzNsSid,
    vzTids: message.vzTids.map(({ tid }) => tid[0] ?? 0),
    vzChildSubreaper: message.vzChildSubreaper,
  };
}

function emptyEntry(): PstreeEntry {
  return {
    pid: undefined,
    ppid: undefined,
    pgid: undefined,
    sid: undefined,
    threads: NONE,
    nsPid: NONE,
    nsPgid: NONE,
    nsSid: NONE,
    vzNsPid: NONE,
    vzNsPgid: NONE,
    vzNsSid: NONE,
    vzTids: NONE,
    vzChildSubreaper: undefined,
  };
}

/** Groups in each other that an unknown field may have; the library's limit. */
export const DEEPEST_GROUP = 99;

/** A repeated number: one of them, or many in the packed form. */
function numbers(reader: BinaryReader, type: WireType, before: readonly number[]): readonly number[] {
  if (type !== WireType.LengthDelimited) return withNumber(before, reader.uint32());
  const list = mutable(before);
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) list.push(reader.uint32());
  return list;
}

function withNumber(before: readonly number[], number: number): readonly number[] {
  const list = mutable(before);
  list.push(number);
  return list;
}

/** NONE is shared by all entries; every other list is its entry's own. */
function mutable(list: readonly number[]): number[] {
  return list === NONE ? [] : (list as number[]);
}

/** A thread's vector of numbers. */
function levelZeroNumber(reader: BinaryReader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  let first: number | undefined;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field !== 1) reader.skip(type, field, DEEPEST_GROUP - 1);
    else if (type !== WireType.LengthDelimited) {
      const number = reader.uint32();
      first ??= number;
    } else {
      const packedEnd = reader.uint32() + reader.pos;
      while (reader.pos < packedEnd) {
        const number = reader.uint32();
        first ??= number;
      }
    }
  }
  return first ?? 0;
}
