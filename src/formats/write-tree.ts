/**
 * A tree as an image of the contract again: one JSON value, or NDJSON lines as they are asked for.
 * Read back, it gives the same tree and the same id. Fields that the image left open stay left out.
 */
import { FLAG_ON, FLAG_UNKNOWN, ZOMBIE } from '../engine/tree/process-columns.ts';
import {
  hasLivingThreads,
  OUTSIDE,
  onLevels,
  type ProcessTree,
  parentPid,
  threadsOf,
} from '../engine/tree/process-tree.ts';
import type { Sharing } from '../engine/tree/sharing.ts';
import { KINDS, NOT_TOLD, SIGCHLD } from '../engine/tree/sharing-columns.ts';
import type { PidNamespaceImage, ProcessImage, TreeImage, TreeImageHeader } from './tree-image-schema.ts';

export function treeImage(tree: ProcessTree): TreeImage {
  return { ...imageHeader(tree), processes: [...processImages(tree)] };
}

/** The JSON text of `treeImage` in pieces of some processes each, so that no large string is made. */
export function* treeImageText(tree: ProcessTree, batch = 1000): Generator<string> {
  const header = JSON.stringify(imageHeader(tree));
  yield `${header.slice(0, -1)},"processes":[`;
  for (let index = 0; index < tree.size; index += batch) {
    const processes: string[] = [];
    for (let at = index; at < Math.min(index + batch, tree.size); at++)
      processes.push(JSON.stringify(processImage(tree, at)));
    yield (index > 0 ? ',' : '') + processes.join(',');
  }
  yield ']}';
}

/** NDJSON: the header, then a process a line, each with its line feed. */
export function* treeImageLines(tree: ProcessTree): Generator<string> {
  yield `${JSON.stringify(imageHeader(tree))}\n`;
  for (let index = 0; index < tree.size; index++) yield `${JSON.stringify(processImage(tree, index))}\n`;
}

function imageHeader(tree: ProcessTree): TreeImageHeader {
  const pidNamespaces = tree.namespaces.map(
    ({ id, parent, init }): PidNamespaceImage => ({
      id,
      parent: parent < 0 ? null : tree.namespaces[parent]!.id,
      init: init === OUTSIDE ? null : tree.pid[init]!,
    }),
  );
  return { root: tree.pid[0]!, pidNamespaces };
}

function* processImages(tree: ProcessTree): Generator<ProcessImage> {
  for (let index = 0; index < tree.size; index++) yield processImage(tree, index);
}

/** One process as the image has it. */
export function processImage(tree: ProcessTree, index: number): ProcessImage {
  const { pid, levels } = tree;
  const process: ProcessImage = {
    pid: pid[index]!,
    ppid: parentPid(tree, index),
    pgid: tree.pgid[index]!,
    sid: tree.sid[index]!,
    state: tree.state[index] === ZOMBIE ? 'zombie' : 'alive',
  };
  if (tree.subreaper[index] !== FLAG_UNKNOWN) process.childSubreaper = tree.subreaper[index] === FLAG_ON;
  if (levels !== null) {
    process.pidns = tree.namespaces[tree.namespace[index]!]!.id;
    process.nspid = [...onLevels(tree, index, 'pid')];
    process.nspgid = [...onLevels(tree, index, 'pgid')];
    process.nssid = [...onLevels(tree, index, 'sid')];
  }
  const forChildren = tree.forChildren?.[index] ?? -1;
  if (forChildren !== -1) process.pidnsForChildren = tree.namespaces[forChildren]?.id ?? null;
  if (hasLivingThreads(tree, index)) process.threads = [pid[index]!, ...threadsOf(tree, index)];
  if (tree.caba !== null && tree.caba[index]! >= 0) process.caba = tree.caba[index]!;
  if (tree.exitStatus[index] !== 0) process.exitStatus = tree.exitStatus[index]!;
  if (tree.startTime !== null && !Number.isNaN(tree.startTime[index]!))
    process.startTime = tree.startTime[index]!;
  if (tree.birthOrder !== null && !Number.isNaN(tree.birthOrder[index]!)) {
    process.birthOrder = tree.birthOrder[index]!;
  }
  if (tree.sharing) addSharing(process, tree, tree.sharing, index);
  if (tree.comm?.[index] !== undefined) process.comm = tree.comm[index];
  return process;
}

/** Class numbers begin with 1: the first member's place among the processes, so that they stay small. */
function addSharing(process: ProcessImage, tree: ProcessTree, sharing: Sharing, index: number): void {
  for (let kind = 0; kind < KINDS.length; kind++) {
    const name = sharing.classes[kind]?.[index] ?? NOT_TOLD;
    if (name !== NOT_TOLD) process[KINDS[kind]!] = name + 1;
  }
  const signal = sharing.exitSignal?.[index] ?? SIGCHLD;
  if (signal !== SIGCHLD) process.exitSignal = signal;
  const terminal = sharing.terminal?.[index] ?? NOT_TOLD;
  if (terminal !== NOT_TOLD) process.ttyNr = terminal;
  const from = tree.threadOffset[index]!;
  const to = tree.threadOffset[index + 1]!;
  if (to === from) return;
  const withOwn = (column: Int32Array | null, own: number | undefined): number[] | undefined => {
    const names = column?.subarray(from, to);
    if (!names?.some((name) => name !== NOT_TOLD)) return undefined;
    // Where the process's own class is not told, a number that nobody has stands for it.
    const other = own ?? tree.size + tree.threadId.length + index + 1;
    return [other, ...Array.from(names, (name) => (name === NOT_TOLD ? other : name + 1))];
  };
  const files = withOwn(sharing.threadFiles, process.files);
  const fs = withOwn(sharing.threadFs, process.fs);
  if (files) process.threadFiles = files;
  if (fs) process.threadFs = fs;
}
