/**
 * The processes of pstree.img as rows of process columns, with the place of each.
 *
 * In: entries in the file's order. Out: columns in that order; `addTasks` adds what other files say of the rows.
 * Memory: typed arrays, no object a process. Threads are kept of every row until the core files have told who is alive.
 */
import {
  ALIVE,
  FLAG_OFF,
  FLAG_ON,
  FLAG_UNKNOWN,
  ProcessColumns,
  ZOMBIE,
} from '../../engine/tree/process-columns.ts';
import { LARGEST_NUMBER, MOST_LEVELS } from '../field-limits.ts';
import { readError } from '../read-error.ts';
import type { Place } from '../read-image.ts';
import type { ReadLimits } from '../read-limits.ts';
import { levelVectors } from './level-vectors.ts';
import type { ObjectIds } from './object-ids.ts';
import type { NamespaceMember } from './pid-namespaces.ts';
import type { PstreeEntry } from './pstree-entry.ts';
import type { Task } from './task.ts';

export class PstreeRows {
  readonly columns = new ProcessColumns();
  private readonly limits: ReadLimits;
  private readonly placeOf: (at: number) => Place;
  /** `placeOf` of it is the place of the row. */
  private readonly at: number[] = [];
  private threadCount = 0;

  constructor(limits: ReadLimits, placeOf: (at: number) => Place) {
    this.limits = limits;
    this.placeOf = placeOf;
  }

  /** Throws ReadError. */
  append(entry: PstreeEntry, at: number): void {
    const { columns } = this;
    const { maxProcesses, maxThreads } = this.limits;
    if (columns.count === maxProcesses) throw this.beyond(`${maxProcesses} processes`, at);
    this.threadCount += entry.threads.length + entry.vzTids.length;
    if (this.threadCount > maxThreads) throw this.beyond(`${maxThreads} thread ids`, at);
    const { ppid, vzChildSubreaper: subreaper } = entry;
    const vectors = levelVectors(entry);
    if (vectors === 'too deep') {
      const message = `A process has numbers on more than ${MOST_LEVELS} levels.`;
      throw readError(422, 'FIELD_INVALID', message, this.placeOf(at));
    }
    if (vectors === 'incomplete' || ppid === undefined) {
      throw readError(422, 'FIELD_MISSING', 'A process has no pid, ppid, pgid or sid.', this.placeOf(at));
    }
    const { pid, pgid, sid } = vectors;
    this.believe(ppid, at);
    for (let level = 0; level < pid.length; level++) {
      this.believe(pid[level]!, at);
      this.believe(pgid[level]!, at);
      this.believe(sid[level]!, at);
    }
    const row = columns.append(pid[0]!, ppid, pgid[0]!, sid[0]!);
    this.at.push(at);
    if (pid.length > 1 || columns.levels !== null) columns.setLevels(pid, pgid, sid);
    if (subreaper !== undefined) columns.subreaper[row] = subreaper ? FLAG_ON : FLAG_OFF;
    columns.appendThreads(entry.vzTids.length > 0 ? entry.vzTids : entry.threads);
  }

  place(row: number): Place {
    const at = this.at[row];
    return at === undefined ? { file: 'pstree.img' } : this.placeOf(at);
  }

  /** Adds states, wait statuses, flags and names. Only what lives has threads. */
  addTasks(tasks: ReadonlyMap<number, Task>): void {
    const { columns } = this;
    const hasThreads = new Uint8Array(columns.count);
    if (tasks.size > 0) {
      for (let row = 0; row < columns.count; row++) {
        const task = tasks.get(columns.pid[row]!);
        if (task === undefined) continue;
        hasThreads[row] = task.state === ALIVE ? 1 : 0;
        addTask(columns, row, task);
      }
    }
    columns.keepThreads(hasThreads);
  }

  /** Rows with their numbers on all levels. Null: all of them live in one pid namespace. */
  namespaceMembers(objectIds: ReadonlyMap<number, ObjectIds>): NamespaceMember[] | null {
    const { levels, count, pid, ppid } = this.columns;
    if (levels === null) return null;
    return Array.from({ length: count }, (_, row) => ({
      pid: pid[row]!,
      ppid: ppid[row]!,
      numbers: Array.from(levels.pid.subarray(levels.offset[row], levels.offset[row + 1])),
      namespaceId: objectIds.get(pid[row]!)?.pidNamespace,
      place: this.place(row),
    }));
  }

  private believe(number: number, at: number): void {
    if (number <= LARGEST_NUMBER) return;
    throw readError(422, 'FIELD_INVALID', `${number} is no number of a process.`, this.placeOf(at));
  }

  private beyond(limit: string, at: number): Error {
    return readError(413, 'LIMIT_EXCEEDED', `The image has more than ${limit}.`, this.placeOf(at));
  }
}

function addTask(columns: ProcessColumns, row: number, task: Task): void {
  const isZombie = task.state === ZOMBIE;
  columns.state[row] = task.state;
  columns.exitStatus[row] = isZombie ? task.exitStatus : 0;
  if (columns.subreaper[row] === FLAG_UNKNOWN) {
    const flag = task.subreaper ?? (isZombie ? false : undefined);
    if (flag !== undefined) columns.subreaper[row] = flag ? FLAG_ON : FLAG_OFF;
  }
  if (task.comm !== undefined) columns.setComm(row, task.comm);
}
