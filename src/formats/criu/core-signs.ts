/**
 * What a core tells at a glance: how its task was, and the signals that waited for it.
 *
 * In: the bytes of an entry of core-N.img (fields of CRIU's core.proto). Out: the values, undefined where they are not there.
 * Without the protobuf library, whose start takes longer than a thousand cores, so that a restore of a few processes
 * begins at once. Throws what BinaryReader throws where the bytes are no such message.
 */

import { BinaryReader } from '@bufbuild/protobuf/wire';
import { DEEPEST_GROUP } from './pstree-entry.ts';

export interface CoreSigns {
  /** 1 alive, 2 dead, 3 stopped, 6 zombie. */
  taskState: number | undefined;
  /** Raw wait status. */
  exitCode: number | undefined;
  childSubreaper: boolean | undefined;
  stopSignal: number | undefined;
  parentDeathSignal: number | undefined;
  /** siginfo_t of what is pending for the process; for this thread. */
  readonly shared: Uint8Array[];
  readonly own: Uint8Array[];
}

type Read = (reader: BinaryReader, signs: CoreSigns) => void;
type Fields = Readonly<Record<number, Read>>;

const TASK: Fields = {
  1: (reader, signs) => {
    signs.taskState = reader.uint32();
  },
  2: (reader, signs) => {
    signs.exitCode = reader.uint32();
  },
  10: (reader, signs) => addQueue(reader, signs.shared),
  18: (reader, signs) => {
    signs.childSubreaper = reader.bool();
  },
  21: (reader, signs) => {
    signs.stopSignal = reader.uint32();
  },
};

const THREAD: Fields = {
  8: (reader, signs) => {
    signs.parentDeathSignal = reader.uint32();
  },
  9: (reader, signs) => addQueue(reader, signs.own),
};

const CORE: Fields = {
  3: (reader, signs) => readFields(reader, reader.uint32() + reader.pos, TASK, signs),
  5: (reader, signs) => readFields(reader, reader.uint32() + reader.pos, THREAD, signs),
};

export function readCoreSigns(entry: Uint8Array): CoreSigns {
  const reader = new BinaryReader(entry);
  const signs: CoreSigns = {
    taskState: undefined,
    exitCode: undefined,
    childSubreaper: undefined,
    stopSignal: undefined,
    parentDeathSignal: undefined,
    shared: [],
    own: [],
  };
  readFields(reader, reader.len, CORE, signs);
  return signs;
}

function readFields(reader: BinaryReader, end: number, fields: Fields, signs: CoreSigns): void {
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    const read = fields[field];
    if (read) read(reader, signs);
    else reader.skip(type, field, DEEPEST_GROUP);
  }
}

/** A queue is a message of messages with a siginfo each. */
function addQueue(reader: BinaryReader, queue: Uint8Array[]): void {
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field !== 1) {
      reader.skip(type, field, DEEPEST_GROUP);
      continue;
    }
    const endOfOne = reader.uint32() + reader.pos;
    while (reader.pos < endOfOne) {
      const [inner, innerType] = reader.tag();
      if (inner === 1) queue.push(reader.bytes());
      else reader.skip(innerType, inner, DEEPEST_GROUP);
    }
  }
}
