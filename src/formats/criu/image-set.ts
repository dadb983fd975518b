/**
 * A CRIU image set, file by file, into process columns.
 *
 * In: pstree, core-N, ids-N, inventory and ns files in any order, binary or crit JSON. Out: columns and findings.
 * Facts relied on: a dumped zombie has task_state 2 and uninitialised `threads`; it has no ids file and no subreaper
 * flag; a core file of a thread has no `tc`; nothing in an image tells who created whom.
 */
import { ALIVE, ZOMBIE } from '../../engine/tree/process-columns.ts';
import { LARGEST_EXIT_STATUS, LONGEST_COMM } from '../field-limits.ts';
import { parseJsonStrictly } from '../json/json-text.ts';
import { readError } from '../read-error.ts';
import type { Place, ReadImage } from '../read-image.ts';
import type { ReadLimits } from '../read-limits.ts';
import { binaryEntries, critEntries, type ImageEntry, type ImageFileEntries } from './image-entries.ts';
import type { ImageFileName } from './image-file-name.ts';
import { imageFindings } from './image-findings.ts';
import { addClasses, type ObjectIds, objectIdsOf } from './object-ids.ts';
import { pidNamespaces } from './pid-namespaces.ts';
import { PstreeRows } from './pstree-rows.ts';
import type { Task } from './task.ts';

export class CriuImageSet {
  private readonly limits: ReadLimits;
  private readonly seen = new Set<string>();
  private rows: PstreeRows | null = null;
  private readonly tasks = new Map<number, Task>();
  /** Ids of each live process: its pid namespace, and the objects that it may share. */
  private readonly objectIds = new Map<number, ObjectIds>();
  private readonly parentNamespace = new Map<number, number>();
  private version: number | undefined;

  constructor(limits: ReadLimits) {
    this.limits = limits;
  }

  /** So far. */
  get processes(): number {
    return this.rows?.columns.count ?? 0;
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

  private addEntries(name: ImageFileName, file: string, { entries, placeOf }: ImageFileEntries): void {
    const key = `${name.kind}-${name.pid}`;
    if (this.seen.has(key)) throw readError(422, 'FILE_TWICE', `${file} is there twice.`, { file });
    this.seen.add(key);
    let count = 0;
    for (const { kind, entry, at } of entries) {
      count++;
      if (kind === 'pstree') {
        this.rows ??= new PstreeRows(this.limits, placeOf);
        this.rows.append(entry, at);
      } else if (kind === 'core') this.addTask(name.pid, entry, placeOf(at));
      else if (kind === 'ids') this.objectIds.set(name.pid, objectIdsOf(entry));
      else if (kind === 'ns') this.addNamespace(entry, placeOf(at));
      else this.version = entry.imgVersion;
      if (count > 1 && (kind === 'core' || kind === 'ids' || kind === 'inventory')) {
        throw readError(400, 'IMAGE_ENTRIES', `${file} has more than one entry.`, placeOf(at));
      }
    }
    if (count === 0) throw readError(400, 'IMAGE_ENTRIES', `${file} has no entry.`, { file });
  }

  private addTask(pid: number, { tc, ids }: ImageEntry<'core'>, place: Place): void {
    if (tc === undefined) return;
    if (ids !== undefined && !this.objectIds.has(pid)) this.objectIds.set(pid, objectIdsOf(ids));
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
    const stopped = tc.taskState === STOPPED;
    this.tasks.set(pid, { state, stopped, exitStatus, subreaper: tc.childSubreaper, comm });
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
    const { rows } = this;
    if (rows === null) {
      throw readError(
        422,
        'FILE_ABSENT',
        'The image set has no pstree.img: a dump that failed leaves such a set, and its dump.log says why (POST /v1/logs/explain).',
        { file: 'pstree.img' },
      );
    }
    const { columns } = rows;
    if (columns.ppid[0] === 0) columns.root = columns.pid[0]!;
    rows.addTasks(this.tasks);
    addClasses(columns, this.objectIds);
    const members = rows.namespaceMembers(this.objectIds);
    if (members === null) oneNamespace(rows, this.objectIds);
    else {
      const { declarations, namespace } = pidNamespaces(members, this.parentNamespace);
      columns.namespaces = declarations;
      columns.namespace = namespace;
    }
    return {
      columns,
      findings: imageFindings(columns, this.tasks, this.objectIds, this.version),
      locate: (row) => rows.place(row),
    };
  }
}

/**
 * A set with one number a process tells of one pid namespace. Who lives in another one has further numbers, which are
 * then missing: a tree made without them would be another one.
 */
function oneNamespace({ columns }: PstreeRows, objectIds: ReadonlyMap<number, ObjectIds>): void {
  const first = { pid: 0, id: 0 };
  for (let row = 0; row < columns.count; row++) {
    const pid = columns.pid[row]!;
    const id = objectIds.get(pid)?.pidNamespace;
    if (id === undefined) continue;
    if (first.pid === 0) Object.assign(first, { pid, id });
    if (id === first.id) continue;
    const message =
      `${first.pid} and ${pid} live in different pid namespaces (pid_ns_id ${first.id} and ${id}), ` +
      'and pstree.img has one number of each process: those of the inner namespaces are missing.';
    throw readError(422, 'NUMBERS_ABSENT', message, { file: `ids-${pid}.img` });
  }
}

/** 1 alive, 2 what a dumped zombie has, 3 stopped, 6 zombie. Others exist only inside CRIU. */
const STATE_OF_TASK: Readonly<Record<number, typeof ALIVE | typeof ZOMBIE>> = {
  1: ALIVE,
  2: ZOMBIE,
  3: ALIVE,
  6: ZOMBIE,
};
const STOPPED = 3;
const CLONE_NEWPID = 0x20000000;
const BRACE = 0x7b;

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64)).toString('latin1');
}
