/**
 * The files of an image set that a graft changes or adds, as bytes by name.
 *
 * In: the tree, its graft, the image set. Out: `pstree.img`, the files of the carriers, the cores whose parent-death
 * signals the script would set off, and `regraft-graft.json`; nothing else changes. Memory: these files and those of
 * the models.
 * A carrier between a process and the parent that it shares its file table with takes part in it, since CRIU shares
 * file tables along births only.
 */

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { Graft, GraftRecord } from '../engine/handover/graft.ts';
import { ALIVE } from '../engine/tree/process-columns.ts';
import { type ProcessTree, parentPid } from '../engine/tree/process-tree.ts';
import { PstreeRecordSchema, SharedIdsSchema } from '../formats/criu/gen/rewrite_pb.ts';
import { imageBytes, imageFile } from '../formats/criu/image-framing.ts';
import { GRAFT_FILE, GRAFT_FORMAT } from '../formats/graft-file.ts';
import type { GraftFile } from '../formats/graft-schema.ts';
import { carrierFiles, carrierPages, type ModelFiles, zombieIds } from './carrier-files.ts';
import { carriedBy, coreFindings, threadsAt } from './core-findings.ts';
import { expectedTree } from './expected-tree.ts';
import { GraftError } from './graft-error.ts';
import { type ImageSource, neededFile } from './image-source.ts';

const PSTREE = 'pstree.img';

export async function rewrittenImages(
  tree: ProcessTree,
  graft: Graft,
  source: ImageSource,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const read = await source.read(filesToRead(tree, graft));
  const pstree = neededFile(read, PSTREE);
  const cores = coreFindings(tree, graft, read);
  for (const [name, bytes] of cores.withoutDeathSignal) files.set(name, bytes);
  if (graft.records.length > 0) {
    files.set(PSTREE, rewrittenPstree(pstree, graft.records));
    addCarriers(tree, graft, source, read, files);
  }
  const { criu, root, records, carriers, script } = graft;
  const content: GraftFile = {
    format: GRAFT_FORMAT,
    pstree: sha256(pstree),
    criu,
    root,
    records: records as GraftFile['records'],
    carriers: carriers as GraftFile['carriers'],
    script: script as GraftFile['script'],
    restore: {
      sigchld: [...graft.restore.sigchld],
      pdeathSignals: cores.pdeathSignals,
      stops: cores.stops,
      signals: cores.signals,
    },
    expected: expectedTree(tree),
  };
  files.set(GRAFT_FILE, Buffer.from(`${JSON.stringify(content)}\n`));
  return files;
}

/** By a module that is loaded here: who only reads images starts without. */
function sha256(bytes: Uint8Array): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', bytes, 'hex');
}

function filesToRead(tree: ProcessTree, graft: Graft): Set<string> {
  const names = new Set([PSTREE]);
  for (let i = 0; i < tree.size; i++) {
    if (tree.state[i] !== ALIVE) continue;
    for (const tid of threadsAt(tree, i)) names.add(`core-${tid}.img`);
    if (graft.records.length > 0) names.add(`ids-${tree.pid[i]}.img`);
  }
  for (const { model } of graft.carriers) for (const kind of ['mm', 'fs']) names.add(`${kind}-${model}.img`);
  return names;
}

/** The entries that are there keep all their fields; parent, group and session are the graft's. */
function rewrittenPstree(bytes: Uint8Array, records: readonly GraftRecord[]): Uint8Array {
  const file = imageFile(PSTREE, bytes);
  const before = new Map(
    file.entries.map((entry) => {
      const message = fromBinary(PstreeRecordSchema, entry);
      return [message.pid ?? 0, message];
    }),
  );
  const entries = records.map(({ pid, ppid, pgid, sid, threads, zombie }) => {
    const entry = before.get(pid) ?? create(PstreeRecordSchema);
    // What stands there for a zombie is no thread id; a task that plays one needs its own.
    const own = zombie ? entry.threads : [...threads];
    return toBinary(PstreeRecordSchema, Object.assign(entry, { pid, ppid, pgid, sid, threads: own }));
  });
  return imageBytes({ ...file, entries });
}

function addCarriers(
  tree: ProcessTree,
  graft: Graft,
  source: ImageSource,
  read: ReadonlyMap<string, Uint8Array>,
  files: Map<string, Uint8Array>,
): void {
  const ids = idsOf(tree, read);
  const sharedFiles = sharedFileTables(tree, graft, ids.filesId);
  let nextId = ids.largest + 1;
  const pages = carrierPages(largestPagesId(source.names) + 1);
  const model = (pid: number): ModelFiles => ({
    pid,
    core: neededFile(read, `core-${pid}.img`),
    ids: neededFile(read, `ids-${pid}.img`),
    mm: neededFile(read, `mm-${pid}.img`),
    fs: neededFile(read, `fs-${pid}.img`),
  });
  for (const carrier of graft.carriers) {
    const { pid, childSubreaper } = carrier;
    const played = tree.indexOf(pid);
    const comm = (played < 0 ? undefined : tree.comm?.[played]) ?? `regraft-${pid}`;
    const sharedFilesId = sharedFiles.get(pid);
    const wishes = {
      pid,
      comm,
      childSubreaper,
      ownId: nextId++,
      pages,
      ...(sharedFilesId !== undefined && { sharedFilesId }),
    };
    for (const [name, bytes] of carrierFiles(model(carrier.model), wishes)) files.set(name, bytes);
  }
  const parents = new Set(graft.records.map(({ ppid }) => ppid));
  for (const { pid, zombie } of graft.records) {
    if (!zombie || !parents.has(pid)) continue;
    const root = { ...EMPTY_MODEL, pid: graft.root, ids: neededFile(read, `ids-${graft.root}.img`) };
    for (const [name, bytes] of zombieIds(root, pid, nextId++)) files.set(name, bytes);
  }
}

const EMPTY_MODEL = { core: new Uint8Array(0), mm: new Uint8Array(0), fs: new Uint8Array(0) };

interface Ids {
  /** File table by pid. */
  readonly filesId: ReadonlyMap<number, number>;
  /** Of any kind. */
  readonly largest: number;
}

function idsOf(tree: ProcessTree, read: ReadonlyMap<string, Uint8Array>): Ids {
  const filesId = new Map<number, number>();
  let largest = 0;
  for (const pid of tree.pid) {
    const name = `ids-${pid}.img`;
    const bytes = read.get(name);
    const [entry] = bytes ? imageFile(name, bytes).entries : [];
    if (!entry) continue;
    const message = fromBinary(SharedIdsSchema, entry);
    if (message.filesId !== undefined) filesId.set(pid, message.filesId);
    for (const id of [message.vmId, message.filesId, message.fsId, message.sighandId]) {
      largest = Math.max(largest, id ?? 0);
    }
  }
  return { filesId, largest };
}

/** File tables that carriers take part in, by the carrier's pid. */
function sharedFileTables(
  tree: ProcessTree,
  graft: Graft,
  filesId: ReadonlyMap<number, number>,
): Map<number, number> {
  const carried = carriedBy(graft);
  const parentOf = new Map(graft.records.map(({ pid, ppid }) => [pid, ppid]));
  const shared = new Map<number, number>();
  for (let i = 1; i < tree.size; i++) {
    const pid = tree.pid[i]!;
    const table = filesId.get(pid);
    const parent = parentPid(tree, i);
    if (table === undefined || carried.has(pid) || filesId.get(parent) !== table) continue;
    const between: number[] = [];
    let above = parentOf.get(pid) ?? 0;
    for (; carried.has(above); above = parentOf.get(above) ?? 0) between.push(above);
    const conflict = between.find((carrier) => (shared.get(carrier) ?? table) !== table);
    if (filesId.get(above) !== table || conflict !== undefined) {
      throw new GraftError(
        `${pid} shares its file table with its parent ${parent}, and is not born of anybody who has it: no graft keeps that`,
      );
    }
    for (const carrier of between) shared.set(carrier, table);
  }
  return shared;
}

function largestPagesId(names: ReadonlySet<string>): number {
  let largest = 0;
  for (const name of names) largest = Math.max(largest, Number(/^pages-(\d+)\.img$/.exec(name)?.[1] ?? 0));
  return largest;
}
