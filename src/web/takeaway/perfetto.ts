/**
 * A plan as a trace for Perfetto (Chrome's JSON trace events): a track a process, a slice a step, a step of one
 * millisecond. What a process waits for of another (the barriers of the scripts) and each birth is a flow.
 *
 * In: tracks, the steps as text and the scripts of the API. Out: the JSON text.
 */

import type { Scripts } from '../model/answers.ts';
import type { Tracks } from '../model/tracks.ts';

interface TraceEvent {
  readonly name: string;
  readonly ph: 'M' | 'X' | 's' | 'f';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly id?: number;
  readonly bp?: 'e';
  readonly cat?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** Microseconds of a step in the trace. */
const STEP = 1000;

export function perfettoTrace(tracks: Tracks, scripts: Scripts, calls: readonly string[]): string {
  const events: TraceEvent[] = [];
  const actors = new Map<number, number>();
  for (const { pid, do: own } of scripts.processes) for (const { step } of own) actors.set(step, pid);

  tracks.tracks.forEach(({ pid, helper, end, sessions }, line) => {
    const name = helper ? `${pid} (helper)` : `${pid}`;
    events.push({ name: 'process_name', ph: 'M', pid, tid: pid, args: { name } });
    events.push({ name: 'process_sort_index', ph: 'M', pid, tid: pid, args: { sort_index: line } });
    sessions.forEach(({ from, sid }, i) => {
      const until = sessions[i + 1]?.from ?? end;
      events.push(
        slice(`session ${sid}`, 'session', pid, from === -1 ? 0 : (from + 1) * STEP, (until + 1) * STEP),
      );
    });
  });
  for (const [step, pid] of actors) {
    events.push(slice(calls[step] ?? `step ${step}`, 'step', pid, step * STEP, (step + 1) * STEP));
  }

  let id = 0;
  const flow = (cat: string, fromPid: number, from: number, toPid: number, to: number): void => {
    id++;
    const name = cat;
    events.push({ name, cat, ph: 's', id, pid: fromPid, tid: fromPid, ts: from * STEP + STEP / 2 });
    events.push({ name, cat, ph: 'f', bp: 'e', id, pid: toPid, tid: toPid, ts: to * STEP + STEP / 2 });
  };
  for (const { pid, do: own } of scripts.processes) {
    for (const { step, after } of own) {
      for (const earlier of after) flow('waits for', actors.get(earlier) ?? 0, earlier, pid, step);
    }
  }
  for (const { kind, step, from, to, line } of tracks.flows) {
    if (kind === 'birth') flow('birth', tracks.tracks[from]!.pid, step, tracks.tracks[line]!.pid, step + 1);
    else flow('adoption', tracks.tracks[from]!.pid, step, tracks.tracks[to]!.pid, step + 1);
  }
  return JSON.stringify({ displayTimeUnit: 'ms', traceEvents: events });
}

function slice(name: string, cat: string, pid: number, from: number, to: number): TraceEvent {
  return { name, cat, ph: 'X', pid, tid: pid, ts: from, dur: Math.max(to - from, 1) };
}
