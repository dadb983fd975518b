/** pstree.img of given records: parents before children, as they come. */

import { create, toBinary } from '@bufbuild/protobuf';
import type { GraftRecord } from '../../engine/handover/graft.ts';
import { PstreeRecordSchema } from './gen/rewrite_pb.ts';
import { imageBytes, magicOf, TYPE_MAGIC } from './image-framing.ts';

export type PstreeRecord = Omit<GraftRecord, 'zombie'>;

export function pstreeImage(records: Iterable<PstreeRecord>): Uint8Array {
  return imageBytes({ magic: magicOf(TYPE_MAGIC.pstree), entries: Array.from(records, pstreeEntry) });
}

/** For a zombie what stands among the threads is no thread id, but something does. */
function pstreeEntry({ pid, ppid, pgid, sid, threads }: PstreeRecord): Uint8Array {
  const record = { pid, ppid, pgid, sid, threads: threads.length > 0 ? [...threads] : [pid] };
  return toBinary(PstreeRecordSchema, create(PstreeRecordSchema, record));
}
