/**
 * A record that grows in a file, and is contracted when it has grown too large: to the births of those who may still
 * live. So file and memory are bounded by the number of living processes and `maxBytes`, however long it goes on.
 *
 * Events are in the file when `write` has returned. The contracted record takes the file's place in one step: a reader
 * sees the old one or the new one. A record of the same boot is gone on with, after an `attach`.
 */

import {
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import type { BirthEvent } from '../engine/births/birth-event.ts';
import { BirthInstances } from '../engine/births/birth-instances.ts';
import { contractBirths } from '../engine/births/contract-births.ts';
import { readBirthEvents } from '../formats/births/read-birth-events.ts';
import { DEFAULT_READ_LIMITS } from '../formats/read-limits.ts';

/** The file is no record, or one of another boot; the message is for people. */
export class RecordFileError extends Error {}

export class RecordFile {
  readonly #path: string;
  readonly #maxBytes: number;
  #file: number;
  #bytes: number;
  /** Size at which it is contracted next. */
  #limit: number;

  /** @param boot id of this boot */
  static open(path: string, maxBytes: number, boot: string): RecordFile {
    if (existsSync(path) && !isOfBoot(path, boot)) {
      throw new RecordFileError(`${path} is no record of this boot: move it away`);
    }
    return new RecordFile(path, maxBytes);
  }

  private constructor(path: string, maxBytes: number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#file = openSync(path, 'a');
    this.#bytes = fstatSync(this.#file).size;
    this.#limit = Math.max(maxBytes, 2 * this.#bytes);
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
  }
}

/** The events in the first bytes of a record; a line that is not whole yet is left out. @throws ReadError */
export function readRecord(path: string, bytes: number): AsyncGenerator<readonly BirthEvent[]> {
  const whole = wholeLines(path, bytes);
  const limits = { ...DEFAULT_READ_LIMITS, maxDecodedBytes: Number.MAX_SAFE_INTEGER };
  return readBirthEvents(
    'ndjson',
    whole > 0 ? createReadStream(path, { end: whole - 1 }) : nothing(),
    limits,
  );
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

const LONGEST_LINE = 4096;
const LINE_FEED = 0x0a;

function wholeLines(path: string, bytes: number): number {
  const file = openSync(path, 'r');
  try {
    const tail = Buffer.alloc(Math.min(bytes, LONGEST_LINE));
    readSync(file, tail, 0, tail.length, bytes - tail.length);
    return bytes - tail.length + tail.lastIndexOf(LINE_FEED) + 1;
  } finally {
    closeSync(file);
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
