/**
 * A page of the kernel's ring buffer, as `trace_pipe_raw` gives it, cut into records.
 *
 * In: the page, and where its header has what. Out: time and place of each record, whether records before the page were
 * overwritten. The layout of the entries is stable: five bits of type or length, 27 bits of time since the entry before.
 * Little-endian machines only.
 */

import type { PageFormat } from './trace-format.ts';

const PADDING = 29;
const TIME_EXTEND = 30;
const TIME_STAMP = 31;

const COMMITTED = 0x7ff_ffff;
const MISSED = 0x8000_0000;
const MISSED_STORED = 0x4000_0000;
const TIME_BITS = 2 ** 27;

export interface TracePage {
  /** Records before this page are missing. */
  readonly missed: boolean;
  /** How many; 0: not told. */
  readonly missedCount: number;
  /** Nanoseconds, of the first record. */
  readonly time: number;
}

export function readTracePage(
  page: Buffer,
  format: PageFormat,
  record: (time: number, at: number) => void,
): TracePage {
  const began = Number(page.readBigUInt64LE(format.timestamp.offset));
  const commit = page.readUInt32LE(format.commit.offset);
  const missed = (commit & MISSED) !== 0;
  const from = format.data.offset;
  const end = from + (commit & COMMITTED);
  // Times are sums of what lies between: one rounding each, however long the machine has been up.
  let base = began;
  let since = 0;
  for (let at = from; at + 4 <= end; ) {
    const head = page.readUInt32LE(at);
    const type = head & 0x1f;
    const delta = head >>> 5;
    at += 4;
    if (type === TIME_EXTEND) {
      since += page.readUInt32LE(at) * TIME_BITS + delta;
      at += 4;
    } else if (type === TIME_STAMP) {
      base = page.readUInt32LE(at) * TIME_BITS + delta;
      since = 0;
      at += 4;
    } else if (type === PADDING) {
      if (delta === 0) break;
      since += delta;
      at += page.readUInt32LE(at);
    } else {
      since += delta;
      if (type > 0) {
        record(base + since, at);
        at += type * 4;
      } else {
        record(base + since, at + 4);
        at += page.readUInt32LE(at);
      }
    }
  }
  const stored = missed && (commit & MISSED_STORED) !== 0;
  return { missed, missedCount: stored ? Number(page.readBigUInt64LE(end)) : 0, time: began };
}
