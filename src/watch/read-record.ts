/** A record as a reader finds it, who may come while it is written: its whole lines. */

import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import type { BirthEvent } from '../engine/record/birth-event.ts';
import { readBirthEvents } from '../formats/births/read-birth-events.ts';
import { DEFAULT_READ_LIMITS } from '../formats/read-limits.ts';

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

/** Bytes of a line that a recorder writes, at most. */
export const LONGEST_LINE = 4096;
const LINE_FEED = 0x0a;

/** How many of the first bytes are whole lines. */
export function wholeLines(path: string, bytes: number): number {
  const file = openSync(path, 'r');
  try {
    const tail = Buffer.alloc(Math.min(bytes, LONGEST_LINE));
    readSync(file, tail, 0, tail.length, bytes - tail.length);
    return bytes - tail.length + tail.lastIndexOf(LINE_FEED) + 1;
  } finally {
    closeSync(file);
  }
}
