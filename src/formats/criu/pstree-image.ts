/** pstree.img of given records: parents before children, as they come. */

import { create, toBinary } from '@bufbuild/protobuf';
import { PstreeRecordSchema } from './gen/rewrite_pb.ts';
import { COMMON_MAGIC, TYPE_MAGIC } from './image-framing.ts';

export interface PstreeRecord {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  /** Empty for a zombie: what stands there is no thread id, but something does. */
  readonly threads: readonly number[];
}

const WORD = 4;

export function pstreeImage(records: Iterable<PstreeRecord>): Uint8Array {
  const parts: Uint8Array[] = [word(COMMON_MAGIC), word(TYPE_MAGIC.pstree)];
  for (const { threads, ...numbers } of records) {
    const { pid, ppid, pgid, sid } = numbers;
    const record = { pid, ppid, pgid, sid, threads: threads.length > 0 ? [...threads] : [pid] };
    const entry = toBinary(PstreeRecordSchema, create(PstreeRecordSchema, record));
    parts.push(word(entry.length), entry);
  }
  return Buffer.concat(parts);
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(WORD);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
