/**
 * What Perfetto takes of Chrome's Trace Event Format (its JSON importer): the events that this project writes, by phase,
 * and what has to hold between them. Written from the format's public description.
 */

import assert from 'node:assert/strict';
import Type from 'typebox';
import Value from 'typebox/value';

const Id = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 });
const Time = Type.Number({ minimum: 0 });
const closed = { additionalProperties: false };

/** Names and sort orders; a metadata event of another name is thrown away by the importer. */
const MetadataEvent = Type.Union([
  Type.Object(
    {
      ph: Type.Literal('M'),
      name: Type.Literal('process_name'),
      pid: Id,
      tid: Id,
      args: Type.Object({ name: Type.String({ minLength: 1 }) }, closed),
    },
    closed,
  ),
  Type.Object(
    {
      ph: Type.Literal('M'),
      name: Type.Literal('process_sort_index'),
      pid: Id,
      tid: Id,
      args: Type.Object({ sort_index: Type.Integer() }, closed),
    },
    closed,
  ),
]);
const CompleteEvent = Type.Object(
  {
    ph: Type.Literal('X'),
    name: Type.String({ minLength: 1 }),
    cat: Type.String(),
    pid: Id,
    tid: Id,
    ts: Time,
    dur: Type.Number({ exclusiveMinimum: 0 }),
  },
  closed,
);
const flow = { name: Type.String(), cat: Type.String(), id: Id, pid: Id, tid: Id, ts: Time };
const FlowStart = Type.Object({ ph: Type.Literal('s'), ...flow }, closed);
/** `bp` e: it ends in the slice that is open at this time. */
const FlowEnd = Type.Object({ ph: Type.Literal('f'), bp: Type.Literal('e'), ...flow }, closed);

const TraceFile = Type.Object(
  {
    displayTimeUnit: Type.Enum(['ms', 'ns']),
    traceEvents: Type.Array(Type.Union([MetadataEvent, CompleteEvent, FlowStart, FlowEnd])),
  },
  closed,
);

export type Trace = Type.Static<typeof TraceFile>;
type Slice = Type.Static<typeof CompleteEvent>;

/** Throws with what is wrong. */
export function checkTrace(text: string): Trace {
  const trace: unknown = JSON.parse(text);
  const [fault] = Value.Errors(TraceFile, trace);
  assert.equal(fault, undefined, JSON.stringify(fault));
  const { traceEvents } = trace as Trace;

  const named = new Set<number>();
  const slices = new Map<number, Slice[]>();
  for (const event of traceEvents) {
    if (event.ph === 'M' && event.name === 'process_name') {
      assert.ok(!named.has(event.pid), `${event.pid} has two names`);
      named.add(event.pid);
    }
    if (event.ph === 'X') slices.set(event.tid, [...(slices.get(event.tid) ?? []), event]);
  }
  for (const [tid, own] of slices) checkNesting(tid, own);

  const open = new Map<number, { name: string; cat: string; ts: number }>();
  const isInside = (tid: number, time: number): boolean =>
    (slices.get(tid) ?? []).some(({ ts, dur }) => ts <= time && time < ts + dur);
  for (const event of traceEvents) {
    assert.ok(named.has(event.pid), `${event.pid} has no name`);
    if (event.ph !== 's' && event.ph !== 'f') continue;
    assert.ok(isInside(event.tid, event.ts), `flow ${event.id} is in no slice of ${event.tid}`);
    if (event.ph === 's') {
      assert.ok(!open.has(event.id), `flow ${event.id} begins twice`);
      open.set(event.id, event);
      continue;
    }
    const begun = open.get(event.id);
    assert.ok(begun, `flow ${event.id} ends before it begins`);
    assert.deepEqual([event.name, event.cat], [begun.name, begun.cat]);
    assert.ok(begun.ts < event.ts);
    open.delete(event.id);
  }
  assert.equal(open.size, 0, 'a flow has no end');
  return trace as Trace;
}

/** Slices of a track lie one in another or beside each other: the importer drops one that crosses. */
function checkNesting(tid: number, own: readonly Slice[]): void {
  const sorted = [...own].sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  const ends: number[] = [];
  for (const { ts, dur, name } of sorted) {
    while (ends.length > 0 && ends.at(-1)! <= ts) ends.pop();
    const around = ends.at(-1) ?? Number.POSITIVE_INFINITY;
    assert.ok(ts + dur <= around, `${name} of ${tid} crosses the slice around it`);
    ends.push(ts + dur);
  }
}
