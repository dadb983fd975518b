/**
 * Sharing columns: the class numbers of shared resources as an image was uploaded, and what else only birth gives.
 *
 * In: the readers set what an image says of a row; a column exists from the first row that has something to say.
 * Out: rows for `canonicalSharing`. Equal numbers of one kind mean one kernel object; numbers of two kinds have
 * nothing to do with each other. Cost: nothing for images without any of these fields.
 */

import { larger } from './larger-columns.ts';

/** Sorts of kernel objects that a process can have in common with another one only from its creator. */
export const KINDS = ['files', 'fs', 'vm', 'sighand', 'sysvsem', 'io'] as const;
export type Kind = (typeof KINDS)[number];

/** Places in `KINDS`. */
export const FILES = 0;
export const FS = 1;
export const VM = 2;
export const SIGHAND = 3;
export const SYSVSEM = 4;
export const IO = 5;

/** A class or a terminal that the image does not tell. */
export const NOT_TOLD = -1;
export const SIGCHLD = 17;
/** The largest signal number. */
export const LARGEST_SIGNAL = 64;

export class SharingColumns {
  /** Class numbers by kind; NOT_TOLD where the image leaves one out. Null: left out for all. */
  readonly classes: (Int32Array | null)[] = KINDS.map(() => null);
  /** Signal to the parent at exit. Null: SIGCHLD for all. */
  exitSignal: Uint8Array | null = null;
  /** Device number of the controlling terminal, 0 none. Null: not told for all. */
  terminal: Int32Array | null = null;
  /** By place among the thread ids: the thread's own class of files and fs. Null: all have their process's. */
  threadFiles: Int32Array | null = null;
  threadFs: Int32Array | null = null;
  private capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  setClass(row: number, kind: number, number: number): void {
    this.classes[kind] ??= new Int32Array(this.capacity).fill(NOT_TOLD);
    this.classes[kind]![row] = number;
  }

  setExitSignal(row: number, signal: number): void {
    this.exitSignal ??= new Uint8Array(this.capacity).fill(SIGCHLD);
    this.exitSignal[row] = signal;
  }

  setTerminal(row: number, device: number): void {
    this.terminal ??= new Int32Array(this.capacity).fill(NOT_TOLD);
    this.terminal[row] = device;
  }

  setThreadFiles(at: number, number: number): void {
    this.threadFiles = roomFor(this.threadFiles, at);
    this.threadFiles[at] = number;
  }

  setThreadFs(at: number, number: number): void {
    this.threadFs = roomFor(this.threadFs, at);
    this.threadFs[at] = number;
  }

  /** Moves a thread's classes to another place. */
  moveThread(from: number, to: number): void {
    for (const column of [this.threadFiles, this.threadFs]) {
      if (column === null || to >= column.length) continue;
      column[to] = from < column.length ? column[from]! : NOT_TOLD;
    }
  }

  grow(capacity: number): void {
    for (let kind = 0; kind < KINDS.length; kind++) {
      const column = this.classes[kind];
      if (column) this.classes[kind] = larger(column, capacity, NOT_TOLD);
    }
    if (this.terminal) this.terminal = larger(this.terminal, capacity, NOT_TOLD);
    if (this.exitSignal) this.exitSignal = larger(this.exitSignal, capacity, SIGCHLD);
    this.capacity = capacity;
  }
}

function roomFor(column: Int32Array | null, at: number): Int32Array {
  if (column === null) return new Int32Array(Math.max(64, at + 1)).fill(NOT_TOLD);
  return at < column.length ? column : larger(column, at * 2, NOT_TOLD);
}
