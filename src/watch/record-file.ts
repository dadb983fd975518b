/**
 * A record that grows in a file, and is contracted when it has grown too large: to the births of those who may still
 * live. So file and memory are bounded by the number of living processes and `maxBytes`, however long it goes on.
 *
 * Events are in the file when `write` has returned. The contracted record takes the file's place in one step: a reader
 * sees the old one or the new one. A record of the same boot is gone on with, after an `attach`; the last line of one
 * that was killed within it is cut off. One recorder has a file at a time.
 */

import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { BirthEvent } from '../engine/record/birth-event.ts';
import { BirthInstances } from '../engine/record/birth-instances.ts';
import { contractBirths } from '../engine/record/contract-births.ts';
import { FileLock } from '../file-lock.ts';
import { ReadError, type ReadFault } from '../formats/read-error.ts';
import { makeDirectory } from '../make-directory.ts';
import { LONGEST_LINE, readRecord, wholeLines } from './read-record.ts';

/** The file is no record, one of another boot, damaged, or another recorder's; the message is for people. */
export class RecordFileError extends Error {}

export class RecordFile {
  readonly #path: string;
  readonly #lock: FileLock;
  readonly #maxBytes: number;
  #file: number;
  #bytes: number;
  /** Size at which it is contracted next. */
  #limit: number;

  /**
   * Its folder is made if it is not there.
   * @param boot id of this boot
   * @throws RecordFileError
   */
  static async open(path: string, maxBytes: number, boot: string): Promise<RecordFile> {
    makeDirectory(dirname(path));
    const lock = FileLock.take(`${path}.lock`);
    if (!lock) throw new RecordFileError(`${path}: another recorder writes it`);
    try {
      if (existsSync(path)) await checkRecord(path, boot);
      return new RecordFile(path, lock, maxBytes);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private constructor(path: string, lock: FileLock, maxBytes: number) {
    this.#path = path;
    this.#lock = lock;
    this.#maxBytes = maxBytes;
    this.#file = openSync(path, 'a');
    ftruncateSync(this.#file, wholeLines(path, fstatSync(this.#file).size));
    this.#bytes = fstatSync(this.#file).size;
    this.#limit = maxBytes;
  }

  get isTooLarge(): boolean {
    return this.#bytes > this.#limit;
  }

  write(events: readonly BirthEvent[]): void {
    if (events.length === 0) return;
    const bytes = Buffer.from(linesOf(events));
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.#bytes += bytes.length;
  }

  /** @param inUse numbers that are in use now, those of zombies too */
  async contract(inUse: ReadonlySet<number>): Promise<void> {
    const record = new BirthInstances();
    for await (const events of readRecord(this.#path, this.#bytes)) {
      for (const event of events) record.add(event);
    }
    const smaller = `${this.#path}.contracted`;
    writeFileSync(smaller, linesOf(contractBirths(record, inUse)));
    renameSync(smaller, this.#path);
    closeSync(this.#file);
    this.#file = openSync(this.#path, 'a');
    this.#bytes = fstatSync(this.#file).size;
    this.#limit = Math.max(this.#maxBytes, 2 * this.#bytes);
  }

  close(): void {
    closeSync(this.#file);
    this.#lock.release();
  }
}

/** @throws RecordFileError naming the line */
async function checkRecord(path: string, boot: string): Promise<void> {
  if (!isOfBoot(path, boot)) throw new RecordFileError(`${path} is no record of this boot: move it away`);
  try {
    for await (const _ of readRecord(path, statSync(path).size));
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    const [{ line, message }] = error.faults as [ReadFault];
    throw new RecordFileError(`${path}:${line ?? 1}: ${message} The record is damaged: move it away.`);
  }
}

function isOfBoot(path: string, boot: string): boolean {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(LONGEST_LINE);
    const text = head.toString('utf8', 0, readSync(file, head, 0, head.length, 0));
    if (text === '') return true;
    const first = JSON.parse(text.split('\n', 1)[0]!) as { event?: unknown; boot?: unknown };
    return first.event === 'attach' && first.boot === boot;
  } catch {
    return false;
  } finally {
    closeSync(file);
  }
}

const linesOf = (events: readonly BirthEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');
