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
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { CoreImageSchema, CoreSignsSchema } from '../formats/criu/gen/rewrite_pb.ts';
import { type ImageFile, imageBytes, imageFile } from './image-file.ts';
import { neededFile } from './image-source.ts';

const TASK_STOPPED = 3;
const SIGSTOP = 19;

export interface CoreFindings {
  /** Cores of children of carriers, whose deaths would set the signal off. */
  readonly withoutDeathSignal: Map<string, Uint8Array>;
  readonly pdeathSignals: { pid: number; tid: number; signal: number }[];
  readonly stops: { pid: number; signal: number }[];
  readonly signals: { pid: number; tid: number; info: string }[];
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
      const { tc, threadCore } = fromBinary(CoreSignsSchema, file.entries[0] ?? NOTHING, {
        readUnknownFields: false,
      });
      if (tc?.taskState === TASK_STOPPED) found.stops.push({ pid, signal: tc.stopSigno || SIGSTOP });
      for (const info of disturbed(tc?.signalsS)) found.signals.push({ pid, tid: 0, info });
      for (const info of disturbed(threadCore?.signalsP)) found.signals.push({ pid, tid, info });
      if (!threadCore?.pdeathSig || !bornOfCarriers.has(pid)) continue;
      found.pdeathSignals.push({ pid, tid, signal: threadCore.pdeathSig });
      found.withoutDeathSignal.set(name, withoutDeathSignal(file));
    }
  }
  return found;
}

const NOTHING = new Uint8Array(0);

/** Thread ids of a live process, the pid first. */
export function threadsAt(tree: ProcessTree, i: number): number[] {
  return [tree.pid[i]!, ...tree.threadId.subarray(tree.threadOffset[i], tree.threadOffset[i + 1])];
}

function childrenOfCarriers(graft: Pick<Graft, 'records' | 'carriers'>): Set<number> {
  const carried = carriedBy(graft);
  return new Set(
    graft.records
      .filter(({ pid, ppid, zombie }) => !zombie && !carried.has(pid) && carried.has(ppid))
      .map(({ pid }) => pid),
  );
}

/** Of a queue of pending signals those that a stop, or its end, throws away. */
function disturbed(
  queue: { readonly signals: readonly { readonly siginfo?: Uint8Array | undefined }[] } | undefined,
): string[] {
  return (queue?.signals ?? []).flatMap(({ siginfo = NOTHING }) =>
    STOP_OR_CONTINUE.has(siginfo[0] ?? 0) ? Buffer.from(siginfo).toString('hex') : [],
  );
}

/** SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU; a SIGSTOP is never pending. */
const STOP_OR_CONTINUE = new Set([18, 20, 21, 22]);

function withoutDeathSignal(file: ImageFile): Uint8Array {
  const image = fromBinary(CoreImageSchema, file.entries[0] ?? NOTHING);
  if (image.threadCore) image.threadCore.pdeathSig = undefined;
  return imageBytes({ ...file, entries: [toBinary(CoreImageSchema, image)] });
}

export function carriedBy(graft: Pick<Graft, 'carriers'>): Set<number> {
  return new Set(graft.carriers.map(({ pid }) => pid));
}
