/**
 * What the cores of an image set tell the finisher: who is stopped, which parent-death signals a carrier's death would
 * set off, and which pending signals a stop or its end would throw away.
 *
 * In: tree, graft, the cores of all threads by file name. Out: marks for the finisher, and the cores that CRIU has to get
 * without their parent-death signal. Only what is asked for is decoded, so that a thousand cores cost some 50 ms.
 */

import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { Graft } from '../engine/handover/graft.ts';
import { ALIVE } from '../engine/tree/process-columns.ts';
import { type ProcessTree, threadsOf } from '../engine/tree/process-tree.ts';
import { readCoreSigns } from '../formats/criu/core-signs.ts';
import { CoreImageSchema } from '../formats/criu/gen/rewrite_pb.ts';
import { type ImageFile, imageBytes, imageFile } from '../formats/criu/image-framing.ts';
import { addMarks, type CoreMarks } from './core-marks.ts';
import { neededFile } from './image-source.ts';

export interface CoreFindings extends CoreMarks {
  /** Cores of children of carriers, whose deaths would set the signal off. */
  readonly withoutDeathSignal: Map<string, Uint8Array>;
  readonly pdeathSignals: { pid: number; tid: number; signal: number }[];
}

export function coreFindings(
  tree: ProcessTree,
  graft: Pick<Graft, 'records' | 'carriers'>,
  read: ReadonlyMap<string, Uint8Array>,
): CoreFindings {
  const found: CoreFindings = { withoutDeathSignal: new Map(), pdeathSignals: [], stops: [], signals: [] };
  const bornOfCarriers = childrenOfCarriers(graft);
  for (let i = 0; i < tree.size; i++) {
    if (tree.state[i] !== ALIVE) continue;
    const pid = tree.pid[i]!;
    for (const tid of threadsAt(tree, i)) {
      const name = `core-${tid}.img`;
      const file = imageFile(name, neededFile(read, name));
      const signs = readCoreSigns(file.entries[0] ?? NOTHING);
      addMarks(found, pid, tid, signs);
      if (!signs.parentDeathSignal || !bornOfCarriers.has(pid)) continue;
      found.pdeathSignals.push({ pid, tid, signal: signs.parentDeathSignal });
      found.withoutDeathSignal.set(name, withoutDeathSignal(file));
    }
  }
  return found;
}

const NOTHING = new Uint8Array(0);

/** Thread ids of a live process, the pid first. */
export function threadsAt(tree: ProcessTree, i: number): number[] {
  return [tree.pid[i]!, ...threadsOf(tree, i)];
}

function childrenOfCarriers(graft: Pick<Graft, 'records' | 'carriers'>): Set<number> {
  const carried = carriedBy(graft);
  return new Set(
    graft.records
      .filter(({ pid, ppid, zombie }) => !zombie && !carried.has(pid) && carried.has(ppid))
      .map(({ pid }) => pid),
  );
}

function withoutDeathSignal(file: ImageFile): Uint8Array {
  const image = fromBinary(CoreImageSchema, file.entries[0] ?? NOTHING);
  if (image.threadCore) image.threadCore.pdeathSig = undefined;
  return imageBytes({ ...file, entries: [toBinary(CoreImageSchema, image)] });
}

export function carriedBy(graft: Pick<Graft, 'carriers'>): Set<number> {
  return new Set(graft.carriers.map(({ pid }) => pid));
}
