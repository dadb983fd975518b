/** pstree.img of given records: parents before children, as they come. */

import { create, toBinary } from '@bufbuild/protobuf';
import { PstreeRecordSchema } from './gen/rewrite_pb.ts';
import { imageBytes, magicOf, TYPE_MAGIC } from './image-framing.ts';

export interface PstreeRecord {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  /** Empty for a zombie: what stands there is no thread id, but something does. */
  readonly threads: readonly number[];
}

export function pstreeImage(records: Iterable<PstreeRecord>): Uint8Array {
  return imageBytes({ magic: magicOf(TYPE_MAGIC.pstree), entries: Array.from(records, pstreeEntry) });
}

function pstreeEntry({ pid, ppid, pgid, sid, threads }: PstreeRecord): Uint8Array {
  const record = { pid, ppid, pgid, sid, threads: threads.length > 0 ? [...threads] : [pid] };
  return toBinary(PstreeRecordSchema, create(PstreeRecordSchema, record));
}
