/**
 * A private instance of the kernel's tracing: the only place that touches tracefs.
 *
 * It has buffers, a clock and events of its own, so that other users of tracing are not disturbed. It is removed when
 * it is closed; what a recorder that was killed has left behind is removed by the next one.
 */

import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { ProcDirectory } from '../proc/proc-directory.ts';
import {
  KINDS,
  type TaskEvent,
  type TaskEventReader,
  THREADS_ONLY,
  TRACEPOINTS,
  taskEventReader,
} from './task-event.ts';
import { type PageFormat, pageFormat } from './trace-format.ts';
import { readTracePage } from './trace-page.ts';

/** What keeps a recorder from working here; the message is for people. */
export class WatchError extends Error {}

const TRACEFS = '/sys/kernel/tracing';
const PLACES = [TRACEFS, '/sys/kernel/debug/tracing'];
const PREFIX = 'regraft-';

/** @param onMounted told where tracefs had to be mounted */
export function findTracefs(onMounted: (path: string) => void): string {
  const found = PLACES.find((place) => existsSync(join(place, 'instances')));
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0)
    throw new WatchError('recording births needs root: tracefs is closed to others');
  const { status } = spawnSync('mount', ['-t', 'tracefs', 'nodev', TRACEFS], { stdio: 'ignore' });
  if (status !== 0 || !existsSync(join(TRACEFS, 'instances'))) {
    throw new WatchError(`there is no tracefs at ${TRACEFS}, and it could not be mounted`);
  }
  onMounted(TRACEFS);
  return TRACEFS;
}

interface Cpu {
  readonly name: string;
  readonly pipe: number;
  /** Time of its last record. */
  last: number;
  overwritten: number;
}

export interface Reading {
  event(event: TaskEvent): void;
  /** Events of a CPU were overwritten after its event at `after`, 0 none, and before `until`. */
  missed(after: number, until: number, count: number): void;
}

export class TraceInstance {
  readonly #path: string;
  readonly #page: Buffer;
  readonly #pageFormat: PageFormat;
  readonly #read: TaskEventReader;
  readonly #cpus: Cpu[];

  /** @param bufferKb of each CPU; 0: by the number of CPUs */
  constructor(tracefs: string, bufferKb: number) {
    if (endianness() !== 'LE') throw new WatchError('trace records of big-endian machines are not read');
    removeStale(tracefs);
    const { startTime } = new ProcDirectory().stat(process.pid)!;
    this.#path = join(tracefs, 'instances', `${PREFIX}${process.pid}-${startTime}`);
    try {
      mkdirSync(this.#path);
    } catch (error) {
      throw new WatchError(
        `tracing is closed: ${error instanceof Error ? error.message : error}; root is needed`,
      );
    }
    try {
      const format = pageFormat(readFileSync(join(tracefs, 'events/header_page'), 'utf8'));
      if (!format) throw new WatchError('the pages of this kernel’s trace buffer are of an unknown form');
      this.#pageFormat = format;
      this.#page = Buffer.alloc(format.data.offset + format.data.size);
      this.#read = taskEventReader((path) => this.#text(`events/${path}/format`));
      const names = readdirSync(join(this.#path, 'per_cpu'));
      this.#configure(bufferKb || Math.min(8192, Math.max(512, Math.floor(65536 / names.length))));
      this.#cpus = names.map((name) => ({
        name,
        pipe: openSync(
          join(this.#path, 'per_cpu', name, 'trace_pipe_raw'),
          constants.O_RDONLY | constants.O_NONBLOCK,
        ),
        last: 0,
        overwritten: 0,
      }));
      this.#write('tracing_on', '1');
    } catch (error) {
      rmdirSync(this.#path);
      throw error instanceof WatchError ? error : new WatchError(error instanceof Error ? error.message : '');
    }
  }

  #configure(bufferKb: number): void {
    this.#write('tracing_on', '0');
    this.#write('trace_clock', 'boot');
    this.#write('buffer_size_kb', String(bufferKb));
    this.#write(`events/${TRACEPOINTS.thread.path}/filter`, THREADS_ONLY);
    for (const kind of KINDS) this.#write(`events/${TRACEPOINTS[kind].path}/enable`, '1');
  }

  /** All that is there. */
  drain(reading: Reading): void {
    for (const cpu of this.#cpus) this.#drainCpu(cpu, reading);
  }

  #drainCpu(cpu: Cpu, reading: Reading): void {
    const record = (time: number, at: number): void => {
      cpu.last = time;
      const event = this.#read(this.#page, at, time);
      if (event) reading.event(event);
    };
    while (this.#nextPage(cpu.pipe)) {
      const before = cpu.last;
      const { missed, missedCount, time } = readTracePage(this.#page, this.#pageFormat, record);
      if (missed) reading.missed(before, time, missedCount);
    }
  }

  #nextPage(pipe: number): boolean {
    try {
      return readSync(pipe, this.#page, 0, this.#page.length, null) > 0;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return false;
      throw error;
    }
  }

  /** Events that each CPU has lost so far, as the kernel counts them. */
  lost(): number {
    return this.#cpus.reduce((sum, { name }) => sum + lostIn(this.#text(`per_cpu/${name}/stats`)), 0);
  }

  /** No further events; those that are there can still be read. */
  stop(): void {
    this.#write('tracing_on', '0');
  }

  close(): void {
    for (const { pipe } of this.#cpus) closeSync(pipe);
    rmdirSync(this.#path);
  }

  #text(file: string): string {
    return readFileSync(join(this.#path, file), 'utf8');
  }

  #write(file: string, text: string): void {
    writeFileSync(join(this.#path, file), text);
  }
}

/** Overwritten, dropped, and refused within interrupts. */
function lostIn(stats: string): number {
  const counts = stats.matchAll(/^(?:overrun|commit overrun|dropped events): (\d+)/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Instances whose recorder is gone: named by its number and start time. */
function removeStale(tracefs: string): void {
  const proc = new ProcDirectory();
  for (const name of readdirSync(join(tracefs, 'instances'))) {
    const [, pid, startTime] = /^regraft-(\d+)-(\d+)$/.exec(name) ?? [];
    if (pid === undefined || proc.stat(Number(pid))?.startTime === Number(startTime)) continue;
    try {
      rmdirSync(join(tracefs, 'instances', name));
    } catch {
      // Somebody reads it.
    }
  }
}
