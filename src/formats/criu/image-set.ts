/**
 * A CRIU image set, file by file, into process columns.
 *
 * In: pstree, core-N, ids-N, inventory and ns files in any order, binary or crit JSON. Out: columns and findings.
 * Facts relied on: a dumped zombie has task_state 2 and uninitialised `threads`; it has no ids file and no subreaper
 * flag; a core file of a thread has no `tc`; nothing in an image tells who created whom.
 */
import type { Diagnostic } from '../../engine/diagnosis/diagnostic.ts';
import { ALIVE, FLAG_OFF, FLAG_ON, ProcessColumns, ZOMBIE } from '../../engine/tree/process-columns.ts';
import { parseJsonStrictly } from '../json/json-text.ts';
import { readError } from '../read-error.ts';
import type { Place, ReadImage } from '../read-image.ts';
import type { ReadLimits } from '../read-limits.ts';
import { LARGEST_EXIT_STATUS, LARGEST_NUMBER, LONGEST_COMM } from '../tree-image-schema.ts';
import { binaryEntries, critEntries, type ImageEntry, type PlacedEntry } from './image-entries.ts';
import type { ImageFileName } from './image-file-name.ts';
import { imageFindings } from './image-findings.ts';
import { type LevelVectors, levelVectors } from './level-vectors.ts';
import { type NamespaceMember, pidNamespaces } from './pid-namespaces.ts';

/** What the core file of a process says of it. */
export interface Task {
  readonly state: typeof ALIVE | typeof ZOMBIE;
  readonly exitStatus: number;
  readonly subreaper: boolean | undefined;
  readonly comm: string | undefined;
}

interface TreeRecord {
  readonly ppid: number;
  readonly subreaper: boolean | undefined;
  readonly threads: readonly number[];
  readonly vectors: LevelVectors;
  readonly place: Place;
}

export class CriuImageSet {
  private readonly limits: ReadLimits;
  private readonly seen = new Set<string>();
  private readonly records: TreeRecord[] = [];
  private readonly tasks = new Map<number, Task>();
  /** Pid namespace id of each live process. */
  private readonly namespaceIds = new Map<number, number | undefined>();
  private readonly parentNamespace = new Map<number, number>();
  private threadCount = 0;

  constructor(limits: ReadLimits) {
    this.limits = limits;
  }

  /** Adds a file; one that begins with a brace is crit JSON. `file` names it in faults. */
  add(name: ImageFileName, file: string, bytes: Uint8Array): void {
    if (bytes[0] === BRACE || (bytes[0] !== undefined && bytes[0] <= 0x20 && /^\s*\{/.test(latin1(bytes)))) {
      this.addCrit(name, { file }, parseJsonStrictly(bytes, this.limits, { file }));
    } else this.addEntries(name, file, binaryEntries(name, file, bytes));
  }

  /** Adds a file given as parsed crit JSON. */
  addCrit(name: ImageFileName, place: Place, value: unknown): void {
    const file = place.file ?? place.pointer ?? name.kind;
    this.addEntries(name, file, critEntries(name, place, value, this.limits));
  }

  private addEntries(name: ImageFileName, file: string, entries: Iterable<PlacedEntry>): void {
    const key = `${name.kind}-${name.pid}`;
    if (this.seen.has(key)) throw readError(422, 'FILE_TWICE', `${file} is there twice.`, { file });
    this.seen.add(key);
    let count = 0;
    for (const { kind, entry, place } of entries) {
      count++;
      if (kind === 'pstree') this.addProcess(entry, place);
      else if (kind === 'core') this.addTask(name.pid, entry, place);
      else if (kind === 'ids') this.namespaceIds.set(name.pid, entry.pidNsId);
      else if (kind === 'ns') this.addNamespace(entry, place);
      if (count > 1 && (kind === 'core' || kind === 'ids' || kind === 'inventory')) {
        throw readError(400, 'IMAGE_ENTRIES', `${file} has more than one entry.`, place);
      }
    }
    if (count === 0) throw readError(400, 'IMAGE_ENTRIES', `${file} has no entry.`, { file });
  }

  private addProcess(entry: ImageEntry<'pstree'>, place: Place): void {
    if (this.records.length === this.limits.maxProcesses) {
      throw readError(
        413,
        'LIMIT_EXCEEDED',
        `The image has more than ${this.limits.maxProcesses} processes.`,
        place,
      );
    }
    this.threadCount += entry.threads.length + entry.vzTids.length;
    if (this.threadCount > this.limits.maxThreads) {
      throw readError(
        413,
        'LIMIT_EXCEEDED',
        `The image has more than ${this.limits.maxThreads} thread ids.`,
        place,
      );
    }
    const vectors = levelVectors(entry, place);
    if (vectors === null || entry.ppid === undefined) {
      throw readError(422, 'FIELD_MISSING', 'A process has no pid, ppid, pgid or sid.', place);
    }
    for (const number of [entry.ppid, ...vectors.pid, ...vectors.pgid, ...vectors.sid]) {
      if (number > LARGEST_NUMBER)
        throw readError(422, 'FIELD_INVALID', `${number} is no number of a process.`, place);
    }
    const { ppid, vzChildSubreaper: subreaper } = entry;
    this.records.push({ ppid, subreaper, threads: threadIds(entry), vectors, place });
  }

  private addTask(pid: number, { tc, ids }: ImageEntry<'core'>, place: Place): void {
    if (tc === undefined) return;
    if (ids !== undefined && !this.namespaceIds.has(pid)) this.namespaceIds.set(pid, ids.pidNsId);
    if (tc.taskState === undefined) return;
    const state = STATE_OF_TASK[tc.taskState];
    if (state === undefined) {
      throw readError(422, 'FIELD_INVALID', `${tc.taskState} is no task state of a dumped process.`, place);
    }
    const exitStatus = tc.exitCode ?? 0;
    if (exitStatus > LARGEST_EXIT_STATUS) {
      throw readError(422, 'FIELD_INVALID', `${exitStatus} is no wait status.`, place);
    }
    const comm = tc.comm && new TextDecoder().decode(tc.comm).slice(0, LONGEST_COMM);
    this.tasks.set(pid, { state, exitStatus, subreaper: tc.childSubreaper, comm });
  }

  private addNamespace({ id, nsCflag, parentId }: ImageEntry<'ns'>, place: Place): void {
    if (nsCflag !== CLONE_NEWPID || id === undefined || parentId === undefined) return;
    if (this.parentNamespace.size === this.limits.maxProcesses) {
      const message = `The image has more than ${this.limits.maxProcesses} pid namespaces.`;
      throw readError(413, 'LIMIT_EXCEEDED', message, place);
    }
    this.parentNamespace.set(id, parentId);
  }

  finish(): ReadImage {
    const { records } = this;
    if (records.length === 0) {
      throw readError(422, 'FILE_ABSENT', 'The image set has no pstree.img.', { file: 'pstree.img' });
    }
    const columns = new ProcessColumns(records.length);
    const root = records[0]!;
    if (root.ppid === 0) columns.root = root.vectors.pid[0]!;
    const nested = records.some(({ vectors }) => vectors.pid.length > 1);
    const namespaces = nested ? pidNamespaces(this.namespaceMembers(), this.parentNamespace) : null;
    if (namespaces) columns.namespaces = namespaces.declarations;
    for (const record of records) {
      const row = this.appendRow(columns, record);
      if (namespaces) {
        columns.namespace[row] = namespaces.namespace[row]!;
        columns.setLevels(record.vectors.pid, record.vectors.pgid, record.vectors.sid);
      }
    }
    return {
      columns,
      findings: this.findings(columns),
      locate: (row) => records[row]?.place ?? { file: 'pstree.img' },
    };
  }

  private appendRow(
    columns: ProcessColumns,
    { ppid, subreaper: flag, threads, vectors }: TreeRecord,
  ): number {
    const pid = vectors.pid[0]!;
    const row = columns.append(pid, ppid, vectors.pgid[0]!, vectors.sid[0]!);
    const task = this.tasks.get(pid);
    if (task === undefined) return row;
    columns.state[row] = task.state;
    columns.exitStatus[row] = task.state === ZOMBIE ? task.exitStatus : 0;
    const subreaper = flag ?? task.subreaper ?? (task.state === ZOMBIE ? false : undefined);
    if (subreaper !== undefined) columns.subreaper[row] = subreaper ? FLAG_ON : FLAG_OFF;
    if (task.comm !== undefined) columns.setComm(row, task.comm);
    if (task.state === ALIVE) columns.appendThreads(threads);
    return row;
  }

  private namespaceMembers(): NamespaceMember[] {
    return this.records.map(({ ppid, vectors, place }) => ({
      pid: vectors.pid[0]!,
      ppid,
      numbers: vectors.pid,
      namespaceId: this.namespaceIds.get(vectors.pid[0]!),
      place,
    }));
  }

  private findings(columns: ProcessColumns): Diagnostic[] {
    return imageFindings(columns, this.tasks, this.namespaceIds);
  }
}

/** Virtuozzo gives a vector a thread, the others a number; the process's own thread is among them. */
function threadIds({ vzTids, threads }: ImageEntry<'pstree'>): number[] {
  return vzTids.length > 0 ? vzTids.map(({ tid }) => tid[0] ?? 0) : threads;
}

/** 1 alive, 2 what a dumped zombie has, 3 stopped, 6 zombie. Others exist only inside CRIU. */
const STATE_OF_TASK: Readonly<Record<number, typeof ALIVE | typeof ZOMBIE>> = {
  1: ALIVE,
  2: ZOMBIE,
  3: ALIVE,
  6: ZOMBIE,
};
const CLONE_NEWPID = 0x20000000;
const BRACE = 0x7b;

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64)).toString('latin1');
}
