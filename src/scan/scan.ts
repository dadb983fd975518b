/**
 * Scan: readings of /proc until two in a row agree; then the tree stood so at the moment between them.
 *
 * In: a /proc directory, what to look for, how many readings to try. Out: the image, and in words what was left out,
 * what could not be seen, and whether the readings agreed. Throws ScanError.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { TreeImage } from '../formats/tree-image-schema.ts';
import type { ProcDirectory } from '../proc/proc-directory.ts';
import { type Reading, type ReadOptions, readTree, TornReading } from './reading.ts';
import { type NoteOptions, scanNotes } from './scan-notes.ts';
import { treeImage } from './tree-image.ts';

export interface ScanOptions extends ReadOptions, NoteOptions {
  /** Further readings when the first two do not agree. */
  readonly retries: number;
  readonly pauseMs: number;
}

export interface Scan {
  readonly image: TreeImage;
  readonly agreed: boolean;
  readonly readings: number;
  readonly notes: readonly string[];
  /** pid in the image → number in /proc. */
  readonly numberOf: ReadonlyMap<number, number>;
}

export async function scan(proc: ProcDirectory, options: ScanOptions): Promise<Scan> {
  let last: { reading: Reading; image: TreeImage; text: string } | null = null;
  let torn: TornReading | null = null;
  let readings = 0;
  let vanished = 0;
  let agreed = false;
  for (const most = 2 + options.retries; readings < most && !agreed; readings++) {
    if (readings >= 2) await delay(options.pauseMs);
    try {
      const reading = readTree(proc, options);
      vanished += reading.vanished;
      const image = treeImage(reading);
      const text = JSON.stringify(image);
      agreed = text === last?.text;
      last = { reading, image, text };
    } catch (error) {
      if (!(error instanceof TornReading)) throw error;
      torn = error;
    }
  }
  if (last === null) throw torn ?? new TornReading('no reading was whole');
  const { image, reading } = last;
  const notes = scanNotes(reading, options, vanished);
  return { image, agreed, readings, notes, numberOf: numbersInProc(reading) };
}

function numbersInProc({ root, processes }: Reading): Map<number, number> {
  const level = root.nspid.length - 1;
  return new Map(processes.map(({ pid, nspid }) => [nspid[level]!, pid]));
}
