/**
 * Births of a scanned tree from a record that `regraft watch`, or another recorder, has written.
 *
 * In: an image, the numbers that /proc has for its processes (those of the record), and the record's file. Out: the
 * image with `caba` where the record proves it, and in words what it says of the others. An image says nothing of
 * times; so the record has to go on until after the scan, which is waited for.
 */

import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { BirthRecord } from '../engine/record/recorded-births.ts';
import { buildTree } from '../engine/tree/build-tree.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { readTreeValue } from '../formats/json/tree-json.ts';
import { DEFAULT_READ_LIMITS } from '../formats/read-limits.ts';
import type { TreeImage } from '../formats/tree-image-schema.ts';
import { readRecord } from '../watch/read-record.ts';
import { ScanError } from './reading.ts';

/** How long is waited for a record to reach the moment of the scan; a recorder tells every second that it lives. */
const PATIENCE_MS = 4000;
const PAUSE_MS = 200;
/** Bounded sets that are told one by one. */
const TOLD = 10;

export interface BirthsOfScan {
  readonly image: TreeImage;
  readonly notes: readonly string[];
}

/**
 * @param numberOf pid in the image → number in the record
 * @param scannedAt nanoseconds since boot
 */
export async function withRecordedBirths(
  image: TreeImage,
  numberOf: ReadonlyMap<number, number>,
  file: string,
  scannedAt: number,
): Promise<BirthsOfScan> {
  const tree = recordTree(image, numberOf);
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { record, end } = await readAll(tree, file);
    if (end >= scannedAt || Date.now() > deadline)
      return applied(image, numberOf, tree, record, scannedAt - end);
    await delay(PAUSE_MS);
  }
}

async function readAll(tree: ProcessTree, file: string): Promise<{ record: BirthRecord; end: number }> {
  const record = new BirthRecord(tree);
  let end = 0;
  for await (const events of readRecord(file, statSync(file).size)) {
    for (const event of events) record.add(event);
    end = events.at(-1)?.time ?? end;
  }
  return { record, end };
}

/** Parents, states and start times of the image under the numbers of the record. */
function recordTree({ root, processes }: TreeImage, numberOf: ReadonlyMap<number, number>): ProcessTree {
  const number = (pid: number): number => numberOf.get(pid) ?? 0;
  const value = {
    root: number(root!),
    processes: processes.map(({ pid, ppid, state, startTime }) => ({
      ...{ pid: number(pid), ppid: number(ppid), pgid: number(pid), sid: number(pid) },
      ...(state === undefined ? {} : { state }),
      ...(startTime === undefined ? {} : { startTime }),
    })),
  };
  const built = buildTree(readTreeValue(value, DEFAULT_READ_LIMITS).columns);
  if (!built.ok) throw new ScanError(`the numbers in /proc make no tree: ${built.faults[0]!.message}`);
  return built.tree;
}

function applied(
  image: TreeImage,
  numberOf: ReadonlyMap<number, number>,
  tree: ProcessTree,
  record: BirthRecord,
  behind: number,
): BirthsOfScan {
  const { caba, counts, bounded, exited } = record.births();
  const pidOf = new Map([...numberOf].map(([pid, number]) => [number, pid]));
  const pid = (number: number): number => pidOf.get(number) ?? 0;
  const known = new Map<number, number>();
  for (let q = 0; q < tree.size; q++) {
    if (caba[q]! >= 0) known.set(pid(tree.pid[q]!), caba[q]! === 0 ? 0 : pid(caba[q]!));
  }
  const notes = [
    `births from the record: ${counts.known} known, ${counts.bounded} bounded, ${counts.unknown} unknown`,
  ];
  if (behind > 0) {
    notes.push(
      `the record ends ${(behind / 1e9).toFixed(1)} s before the scan: what was born after that is unknown; is the recorder running?`,
    );
  }
  for (const [number, among] of [...bounded].slice(0, TOLD)) {
    notes.push(`created by one of ${setOf(among.map((x) => (x === 0 ? 0 : pid(x))))}: ${pid(number)}`);
  }
  if (bounded.size > TOLD) notes.push(`and ${bounded.size - TOLD} more with a set of possible creators`);
  if (exited.length > 0) {
    notes.push(
      `the record says that these have exited, nothing is claimed of them: ${exited.map(pid).join(', ')}`,
    );
  }
  const processes = image.processes.map((process) => {
    const ancestor = process.caba ?? known.get(process.pid);
    return ancestor === undefined ? process : { ...process, caba: ancestor };
  });
  return { image: { ...image, processes }, notes };
}

function setOf(pids: readonly number[]): string {
  const shown = pids.slice(0, TOLD).map((pid) => (pid === 0 ? 'outside' : String(pid)));
  return shown.join(', ') + (pids.length > TOLD ? ` and ${pids.length - TOLD} more` : '');
}
