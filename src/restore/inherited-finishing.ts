/**
 * What is left to do to a tree that CRIU restores by itself: to compare it, and to put back what the hold disturbs.
 *
 * In: the directory, and the records that were looked at (inherited-images.ts). Only the cores of their threads are read.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CoreSigns, readCoreSigns } from '../formats/criu/core-signs.ts';
import { imageEntries } from '../formats/criu/image-framing.ts';
import { addMarks, type CoreMarks } from '../graft/core-marks.ts';
import type { Finishing } from './finishing-lines.ts';
import type { InheritedRecord } from './inherited-images.ts';
import { RestoreError } from './native-finisher.ts';

/** @throws RestoreError where a core cannot be read */
export function inheritedFinishing(directory: string, records: readonly InheritedRecord[]): Finishing {
  const marks: CoreMarks = { stops: [], signals: [] };
  const expected = records.map((record, at) => {
    const { pid, ppid, pgid, sid } = record;
    const own = signsOf(directory, pid);
    const tree = { pid, ppid: at === 0 ? 0 : ppid, pgid, sid };
    if (DEAD.has(own.taskState ?? 0)) return { ...tree, threads: [], exitStatus: own.exitCode ?? 0 };
    addMarks(marks, pid, pid, own);
    const others = record.threads.filter((tid) => tid !== pid);
    for (const tid of others) addMarks(marks, pid, tid, signsOf(directory, tid));
    const { childSubreaper } = own;
    return { ...tree, threads: [pid, ...others], ...(childSubreaper !== undefined && { childSubreaper }) };
  });
  return { carriers: [], script: [], restore: { ...marks, pdeathSignals: [] }, expected };
}

/** As CRIU numbers the states of tasks. */
const DEAD: ReadonlySet<number> = new Set([2, 6]);

function signsOf(directory: string, tid: number): CoreSigns {
  const name = `core-${tid}.img`;
  try {
    const [entry] = imageEntries(name, 'core', readFileSync(join(directory, name)));
    if (!entry) throw new Error('it has no entry');
    return readCoreSigns(entry.body);
  } catch (error) {
    throw new RestoreError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
