/**
 * Kernel object ids of an image set (`ids-N.img`, in old images `core-N.img`): which processes share what.
 *
 * In: the ids of each live process. Out: classes of vm, files, fs and signal handlers in the process columns.
 * CRIU numbers the objects of one kind by kcmp, so equal ids are one object; it writes none for zombies, and never
 * looks at undo lists, I/O contexts and threads. Id 0 is none.
 */

import type { ProcessColumns } from '../../engine/tree/process-columns.ts';
import { FILES, FS, SIGHAND, VM } from '../../engine/tree/sharing-columns.ts';
import type { TaskKobjIdsEntry } from './gen/ids_pb.ts';

export interface ObjectIds {
  readonly pidNamespace: number | undefined;
  readonly vm: number;
  readonly files: number;
  readonly fs: number;
  readonly sighand: number;
}

export function objectIdsOf(entry: TaskKobjIdsEntry): ObjectIds {
  const { pidNsId, vmId = 0, filesId = 0, fsId = 0, sighandId = 0 } = entry;
  return { pidNamespace: pidNsId, vm: vmId, files: filesId, fs: fsId, sighand: sighandId };
}

export function addClasses(columns: ProcessColumns, idsOf: ReadonlyMap<number, ObjectIds>): void {
  if (idsOf.size === 0) return;
  addKind(columns, idsOf, VM, 'vm');
  addKind(columns, idsOf, FILES, 'files');
  addKind(columns, idsOf, FS, 'fs');
  addKind(columns, idsOf, SIGHAND, 'sighand');
}

/** Ids have 32 bits; columns hold one bit less, so they are numbered anew. */
function addKind(
  columns: ProcessColumns,
  idsOf: ReadonlyMap<number, ObjectIds>,
  kind: number,
  field: 'vm' | 'files' | 'fs' | 'sighand',
): void {
  const numberOf = new Map<number, number>();
  for (let row = 0; row < columns.count; row++) {
    const id = idsOf.get(columns.pid[row]!)?.[field] ?? 0;
    if (id === 0) continue;
    let number = numberOf.get(id);
    if (number === undefined) numberOf.set(id, (number = numberOf.size));
    columns.sharingOfRows().setClass(row, kind, number);
  }
}
