/**
 * What the finisher has to do to who was stopped, and which pending signals a stop or its end would throw away.
 *
 * In: what the core of a thread tells. Out: marks for the finisher.
 */

import type { CoreSigns } from '../formats/criu/core-signs.ts';

export interface CoreMarks {
  readonly stops: { pid: number; signal: number }[];
  readonly signals: { pid: number; tid: number; info: string }[];
}

const TASK_STOPPED = 3;
const SIGSTOP = 19;

export function addMarks(marks: CoreMarks, pid: number, tid: number, signs: CoreSigns): void {
  if (signs.taskState === TASK_STOPPED) marks.stops.push({ pid, signal: signs.stopSignal || SIGSTOP });
  for (const info of disturbed(signs.shared)) marks.signals.push({ pid, tid: 0, info });
  for (const info of disturbed(signs.own)) marks.signals.push({ pid, tid, info });
}

/** Of a queue of pending signals those that a stop, or its end, throws away. */
function disturbed(queue: readonly Uint8Array[]): string[] {
  return queue.flatMap((info) =>
    STOP_OR_CONTINUE.has(info[0] ?? 0) ? Buffer.from(info).toString('hex') : [],
  );
}

/** SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU; a SIGSTOP is never pending. */
const STOP_OR_CONTINUE = new Set([18, 20, 21, 22]);
