/**
 * Thread ids of an image: checked, and put into canonical order.
 *
 * In: process columns, their pid index, the canonical order. Out: thread ids a process, ascending (compressed sparse rows).
 * Invariant: no number is two threads, or a thread and a pid (they are one number space in Linux, kernel rule: a tid is a pid).
 * Cost: one radix sort of all thread ids.
 */
import type { ColumnBlock } from './column-block.ts';
import { ascending } from './pid-index.ts';
import type { ProcessColumns } from './process-columns.ts';
import { copyOf, int32s } from './scratch.ts';
import type { FaultList } from './tree-fault.ts';

/** Owner row of each thread id. */
function owners(columns: ProcessColumns): Int32Array {
  const owner = int32s(columns.threadCount);
  for (let row = 0; row < columns.count; row++)
    owner.fill(row, columns.threadOffset[row]!, columns.threadOffset[row + 1]!);
  return owner;
}

export function checkThreads(
  columns: ProcessColumns,
  rowOf: (pid: number) => number,
  faults: FaultList,
): void {
  const { threadCount, threadId, pid } = columns;
  if (threadCount === 0) return;
  const owner = owners(columns);
  const order = ascending(threadId, threadCount);
  for (let i = 0; i < threadCount; i++) {
    const at = order[i]!;
    if (i > 0 && threadId[order[i - 1]!] === threadId[at]) {
      usedTwice(threadId[at]!, owner[at]!, pid[owner[order[i - 1]!]!]!, faults);
    }
    if (rowOf(threadId[at]!) >= 0) isPid(threadId[at]!, owner[at]!, faults);
  }
}

function usedTwice(tid: number, row: number, otherPid: number, faults: FaultList): void {
  faults.add('THREAD_ID_TWICE', row, 'threads', () => `Thread ${tid} is also a thread of ${otherPid}.`);
}

function isPid(tid: number, row: number, faults: FaultList): void {
  faults.add('THREAD_ID_IS_PID', row, 'threads', () => `Thread ${tid} is the pid of a process.`);
}

export interface CanonicalThreads {
  readonly threadOffset: Int32Array;
  readonly threadId: Int32Array;
  /** For each place in `threadId` its place in the upload: a scratch column. */
  readonly place: Int32Array;
}

export function canonicalThreads(
  columns: ProcessColumns,
  indexOfRow: Int32Array,
  block: ColumnBlock,
): CanonicalThreads {
  const { count, threadCount } = columns;
  const threadOffset = block.int32s(count + 1);
  const threadId = block.int32s(threadCount);
  const place = int32s(threadCount);
  if (threadCount === 0) return { threadOffset, threadId, place };
  for (let row = 0; row < count; row++) {
    threadOffset[indexOfRow[row]! + 1] = columns.threadOffset[row + 1]! - columns.threadOffset[row]!;
  }
  for (let index = 0; index < count; index++) threadOffset[index + 1]! += threadOffset[index]!;
  const owner = owners(columns);
  const order = ascending(columns.threadId, threadCount);
  const filled = copyOf(threadOffset, count);
  for (let i = 0; i < threadCount; i++) {
    const at = filled[indexOfRow[owner[order[i]!]!]!]!++;
    place[at] = order[i]!;
    threadId[at] = columns.threadId[order[i]!]!;
  }
  return { threadOffset, threadId, place };
}
