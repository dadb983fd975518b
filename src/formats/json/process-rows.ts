/**
 * Process objects of a JSON image into column rows: the hot path of every JSON and NDJSON upload.
 *
 * Accepts and refuses exactly what ProcessImageSchema does, without a closure, a path or an error object a process.
 * What it refuses is explained by the schema itself (schema-faults.ts).
 */
import type { PidNamespaceDeclaration } from '../../engine/tree/process-columns.ts';
import {
  FLAG_OFF,
  FLAG_ON,
  LEFT_OUT,
  NEW_NAMESPACE,
  ProcessColumns,
  UNDECLARED,
  ZOMBIE,
} from '../../engine/tree/process-columns.ts';
import { KINDS, LARGEST_SIGNAL } from '../../engine/tree/sharing-columns.ts';
import { LARGEST_EXIT_STATUS, LONGEST_COMM, LONGEST_NAMESPACE_ID, MOST_LEVELS } from '../field-limits.ts';
import type { ProcessImage } from '../tree-image-schema.ts';

/** A process of which a member that is left out may be there, undefined. */
export type CheckedProcess = { [Field in keyof ProcessImage]: ProcessImage[Field] | undefined } & {
  [Field in 'pid' | 'ppid' | 'pgid' | 'sid']: number;
};

export class ProcessRows {
  readonly columns: ProcessColumns;
  /** Members of all objects that were appended. */
  members = 0;
  /** Rows whose vectors have different lengths: nspgid or nssid against nspid, classes of threads against threads. */
  readonly uneven: { row: number; field: 'nspgid' | 'nssid' | 'threadFiles' | 'threadFs' }[] = [];
  private readonly namespaceIndex = new Map<string, number>();
  private readonly outermost: number;
  private readonly nested: boolean;

  constructor(namespaces: PidNamespaceDeclaration[] | undefined, root: number, capacity: number) {
    this.columns = new ProcessColumns(capacity);
    this.columns.root = root;
    this.columns.namespaces = namespaces;
    const declared = namespaces ?? [{ id: '0', parent: null, init: null }];
    declared.forEach(({ id }, index) => {
      if (!this.namespaceIndex.has(id)) this.namespaceIndex.set(id, index);
    });
    this.outermost = Math.max(
      0,
      declared.findIndex(({ parent }) => parent === null),
    );
    this.nested = declared.length > 1;
  }

  /** Appends the process, or returns false where the schema refuses it. `value` comes from JSON.parse. */
  append(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    const process = value as ProcessImage;
    const { pid, ppid, pgid, sid, state, childSubreaper, pidns, threads, nspid, nspgid, nssid } = process;
    const { caba, exitStatus, startTime, birthOrder, comm, pidnsForChildren } = process;
    if (!isNumber(pid, 1) || !isNumber(ppid, 0) || !isNumber(pgid, 0) || !isNumber(sid, 0)) return false;
    let known = 4;
    if (state !== undefined) {
      if (state !== 'alive' && state !== 'zombie') return false;
      known++;
    }
    if (childSubreaper !== undefined) {
      if (typeof childSubreaper !== 'boolean') return false;
      known++;
    }
    if (exitStatus !== undefined) {
      if (!isNumber(exitStatus, 0) || exitStatus > LARGEST_EXIT_STATUS) return false;
      known++;
    }
    if (caba !== undefined) {
      if (!isNumber(caba, 0)) return false;
      known++;
    }
    if (startTime !== undefined) {
      if (!isQuantity(startTime)) return false;
      known++;
    }
    if (birthOrder !== undefined) {
      if (!isQuantity(birthOrder)) return false;
      known++;
    }
    if (comm !== undefined) {
      if (!isText(comm, 0, LONGEST_COMM)) return false;
      known++;
    }
    const sharing = sharingFields(value);
    if (sharing < 0) return false;
    known += sharing;
    if (threads !== undefined) {
      if (!isNumbers(threads, 1, 0, Number.POSITIVE_INFINITY)) return false;
      known++;
    }
    if (pidns !== undefined) {
      if (!isText(pidns, 1, LONGEST_NAMESPACE_ID)) return false;
      known++;
    }
    if (pidnsForChildren !== undefined) {
      if (pidnsForChildren !== null && !isText(pidnsForChildren, 1, LONGEST_NAMESPACE_ID)) return false;
      known++;
    }
    if (nspid !== undefined) {
      if (!isNumbers(nspid, 1, 1, MOST_LEVELS)) return false;
      known++;
    }
    if (nspgid !== undefined) {
      if (!isNumbers(nspgid, 0, 1, MOST_LEVELS)) return false;
      known++;
    }
    if (nssid !== undefined) {
      if (!isNumbers(nssid, 0, 1, MOST_LEVELS)) return false;
      known++;
    }
    let members = 0;
    for (const _ in value) members++;
    if (members !== known) return false;
    this.put(process, members, sharing > 0);
    return true;
  }

  /**
   * Appends a process of fields that the schema accepts; the object is not kept.
   * @param sharing does it speak of shared resources, exit signal or terminal?
   */
  put(process: CheckedProcess, members: number, sharing: boolean): void {
    const { pid, ppid, pgid, sid, state, childSubreaper, pidns, threads, nspid, nspgid, nssid } = process;
    const { caba, exitStatus, startTime, birthOrder, comm, pidnsForChildren } = process;
    this.members += members;
    const { columns } = this;
    const row = columns.append(pid, ppid, pgid, sid);
    if (state === 'zombie') columns.state[row] = ZOMBIE;
    if (childSubreaper !== undefined) columns.subreaper[row] = childSubreaper ? FLAG_ON : FLAG_OFF;
    if (exitStatus !== undefined) columns.exitStatus[row] = exitStatus;
    if (caba !== undefined) columns.setCaba(row, caba);
    if (startTime !== undefined) columns.setStartTime(row, startTime);
    if (birthOrder !== undefined) columns.setBirthOrder(row, birthOrder);
    if (comm !== undefined) columns.setComm(row, comm);
    columns.namespace[row] = pidns === undefined ? this.outermost : (this.namespaceIndex.get(pidns) ?? -1);
    if (pidnsForChildren !== undefined) this.appendForChildren(row, pidnsForChildren);
    if (threads !== undefined) columns.appendThreads(threads);
    if (sharing) this.appendSharing(row, process);
    if (
      this.nested ||
      columns.levels !== null ||
      nspid !== undefined ||
      nspgid !== undefined ||
      nssid !== undefined
    ) {
      this.appendLevels(row, process);
    }
  }

  private appendForChildren(row: number, id: string | null): void {
    const { columns } = this;
    const namespace = id === null ? NEW_NAMESPACE : (this.namespaceIndex.get(id) ?? UNDECLARED);
    if (namespace !== columns.namespace[row]) columns.setForChildren(row, namespace);
  }

  private appendSharing(row: number, process: CheckedProcess): void {
    const { exitSignal, ttyNr, threads = [process.pid], threadFiles, threadFs } = process;
    const kept = this.columns.sharingOfRows();
    for (let kind = 0; kind < KINDS.length; kind++) {
      const number = process[KINDS[kind]!];
      if (number !== undefined) kept.setClass(row, kind, number);
    }
    if (exitSignal !== undefined) kept.setExitSignal(row, exitSignal);
    if (ttyNr !== undefined) kept.setTerminal(row, ttyNr);
    if (threadFiles !== undefined && threadFiles.length !== threads.length)
      this.uneven.push({ row, field: 'threadFiles' });
    if (threadFs !== undefined && threadFs.length !== threads.length)
      this.uneven.push({ row, field: 'threadFs' });
    // A class of its own is kept where it is not the process's.
    const own = threads.indexOf(process.pid);
    const ownFiles = process.files ?? threadFiles?.[own];
    const ownFs = process.fs ?? threadFs?.[own];
    let place = this.columns.threadOffset[row]!;
    for (let at = 0; at < threads.length; at++) {
      if (at === own) continue;
      const files = threadFiles?.[at];
      const fs = threadFs?.[at];
      if (files !== undefined && files !== ownFiles) kept.setThreadFiles(place, files);
      if (fs !== undefined && fs !== ownFs) kept.setThreadFs(place, fs);
      place++;
    }
  }

  /** Vectors that say no more than the numbers themselves are not kept in an image of one namespace. */
  private appendLevels(row: number, process: CheckedProcess): void {
    const { columns } = this;
    const { nspid = [process.pid], nspgid, nssid } = process;
    const { length } = nspid;
    if (nspgid !== undefined && nspgid.length !== length) this.uneven.push({ row, field: 'nspgid' });
    if (nssid !== undefined && nssid.length !== length) this.uneven.push({ row, field: 'nssid' });
    const plain =
      length === 1 &&
      nspid[0] === process.pid &&
      (nspgid === undefined || nspgid[0] === process.pgid) &&
      (nssid === undefined || nssid[0] === process.sid);
    if (plain && !this.nested && columns.levels === null) return;
    columns.setLevels(nspid, fitted(nspgid, length), fitted(nssid, length));
  }
}

function fitted(vector: readonly number[] | undefined, length: number): readonly number[] {
  return vector?.length === length ? vector : new Array<number>(length).fill(LEFT_OUT);
}

/** How many members speak of shared resources, exit signal or terminal; −1 where the schema refuses one. */
function sharingFields(value: object): number {
  const { files, fs, vm, sighand, sysvsem, io } = value as ProcessImage;
  const { exitSignal, ttyNr, threadFiles, threadFs } = value as ProcessImage;
  let known = 0;
  if (files !== undefined) {
    if (!isNumber(files, 0)) return -1;
    known++;
  }
  if (fs !== undefined) {
    if (!isNumber(fs, 0)) return -1;
    known++;
  }
  if (vm !== undefined) {
    if (!isNumber(vm, 0)) return -1;
    known++;
  }
  if (sighand !== undefined) {
    if (!isNumber(sighand, 0)) return -1;
    known++;
  }
  if (sysvsem !== undefined) {
    if (!isNumber(sysvsem, 0)) return -1;
    known++;
  }
  if (io !== undefined) {
    if (!isNumber(io, 0)) return -1;
    known++;
  }
  if (exitSignal !== undefined) {
    if (!isNumber(exitSignal, 0) || exitSignal > LARGEST_SIGNAL) return -1;
    known++;
  }
  if (ttyNr !== undefined) {
    if (!isNumber(ttyNr, 0)) return -1;
    known++;
  }
  if (threadFiles !== undefined) {
    if (!isNumbers(threadFiles, 0, 0, Number.POSITIVE_INFINITY)) return -1;
    known++;
  }
  if (threadFs !== undefined) {
    if (!isNumbers(threadFs, 0, 0, Number.POSITIVE_INFINITY)) return -1;
    known++;
  }
  return known;
}

/** An integer that a column holds. Also false for NaN, fractions and numbers from 2^31 on. */
function isNumber(value: unknown, least: number): value is number {
  return typeof value === 'number' && (value | 0) === value && value >= least;
}

function isQuantity(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}

function isText(value: unknown, shortest: number, longest: number): value is string {
  return typeof value === 'string' && hasLength(value, shortest, longest);
}

/** JSON Schema counts code points, strings count UTF-16 units. */
function hasLength(text: string, shortest: number, longest: number): boolean {
  if (text.length <= longest) return text.length >= shortest;
  if (text.length > longest * 2) return false;
  return [...text].length <= longest;
}

function isNumbers(value: unknown, least: number, shortest: number, longest: number): value is number[] {
  if (!Array.isArray(value) || value.length < shortest || value.length > longest) return false;
  for (let i = 0; i < value.length; i++) if (!isNumber(value[i], least)) return false;
  return true;
}
