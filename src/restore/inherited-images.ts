/**
 * Image sets of trees that CRIU restores by itself, told at a glance, so that CRIU can begin at once.
 *
 * In: a directory. Out: the records, the root's first, where they alone say that CRIU restores the tree exactly
 * (engine/restorers/criu/inherited-tree.ts); null says nothing, not even that the images can be read. What the records
 * say is proven in the end as always: by the running tree.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInheritedTree, type RecordNumbers } from '../engine/restorers/criu/inherited-tree.ts';
import { imageEntries } from '../formats/criu/image-framing.ts';
import { type PstreeEntry, readPstreeEntry } from '../formats/criu/pstree-entry.ts';
import { GRAFT_FILE } from '../formats/graft-file.ts';

const PSTREE = 'pstree.img';

/** Of a live process, its thread ids with it. */
export type InheritedRecord = RecordNumbers & Pick<PstreeEntry, 'threads'>;

export function inheritedRecords(directory: string): readonly InheritedRecord[] | null {
  if (existsSync(join(directory, GRAFT_FILE))) return null;
  let records: PstreeEntry[];
  try {
    const bytes = readFileSync(join(directory, PSTREE));
    records = Array.from(imageEntries(PSTREE, 'pstree', bytes), ({ body }) => readPstreeEntry(body));
  } catch {
    // Whoever reads the images whole says what is wrong with them.
    return null;
  }
  // A zombie has no file of ids.
  const isLive = ({ pid }: RecordNumbers): boolean => existsSync(join(directory, `ids-${pid}.img`));
  return records.every(isOnOneLevel) && records.every(isLive) && isInheritedTree(records) ? records : null;
}

function isOnOneLevel(entry: PstreeEntry): entry is PstreeEntry & RecordNumbers {
  const { pid, ppid, pgid, sid, nsPid, vzNsPid } = entry;
  const numbers = [pid, ppid, pgid, sid];
  return numbers.every((number) => number !== undefined) && nsPid.length === 0 && vzNsPid.length === 0;
}
