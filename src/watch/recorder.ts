/**
 * The recorder: from the kernel's trace buffers to events of births and deaths, until it is stopped.
 *
 * Buffers are emptied every POLL_MS. What was read is held back for HOLD and given out by its time, so that events of
 * different CPUs stand in order. While nothing happens an `alive` of the recorder's own process says once a second how
 * far the record goes.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { BirthEvent } from '../engine/record/birth-event.ts';
import { bootId, bootTime, CLOCK_STEP } from '../proc/boot-clock.ts';
import { ProcDirectory } from '../proc/proc-directory.ts';
import { EventOrder } from './event-order.ts';
import { procSnapshot } from './proc-snapshot.ts';
import { TaskBirths } from './task-births.ts';
import type { TaskEvent } from './task-event.ts';
import type { TraceInstance } from './trace-instance.ts';

const POLL_MS = 50;
/** Nanoseconds. */
const HOLD = 1e8;
const SILENCE = 1e9;

export interface RecordSink {
  write(events: readonly BirthEvent[]): void;
  /** Called between two polls. */
  rest(): Promise<void>;
}

export interface RecorderCounts {
  births: number;
  exits: number;
  /** Events that the kernel overwrote before they were read. */
  lost: number;
}

export async function record(
  trace: TraceInstance,
  sink: RecordSink,
  stopped: AbortSignal,
): Promise<RecorderCounts> {
  const proc = new ProcDirectory();
  const order = new EventOrder();
  const counts: RecorderCounts = { births: 0, exits: 0, lost: 0 };
  // What the buffers hold from before is left to the snapshot.
  const attached = bootTime() + CLOCK_STEP;
  const births = new TaskBirths(attached, (pid) => proc.stat(pid)?.startTime);
  let written = attached;
  const write = (events: readonly BirthEvent[]): void => {
    for (const { event, time } of events) {
      if (event === 'fork') counts.births++;
      else if (event === 'exit') counts.exits++;
      written = time;
    }
    sink.write(events);
  };
  const reading = {
    event: (event: TaskEvent): void => {
      if (event.time > attached) order.add(event);
    },
    missed: (after: number, until: number, count: number): void => {
      counts.lost += count;
      order.gap(after, until, count);
    },
  };

  sink.write([{ event: 'attach', time: attached, boot: bootId() }]);
  while (!stopped.aborted) {
    const now = bootTime();
    trace.drain(reading);
    if (births.wantsSnapshot) births.useSnapshot(procSnapshot(proc));
    const limit = now - HOLD;
    write(births.take(order.release(limit), limit, order.held));
    if (limit > written + SILENCE && !births.isWaiting)
      write([{ event: 'alive', pid: process.pid, time: limit }]);
    await sink.rest();
    await delay(POLL_MS, undefined, { signal: stopped }).catch(() => undefined);
  }

  trace.stop();
  const before = bootTime();
  trace.drain(reading);
  const end = bootTime() + CLOCK_STEP;
  if (trace.lost() > counts.lost) order.gap(before - HOLD, end, trace.lost() - counts.lost);
  write(births.take(order.release(end), end, []));
  write(births.finish(end));
  return counts;
}
