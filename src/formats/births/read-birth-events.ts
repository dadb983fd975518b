/**
 * Recorded births and deaths from a body: NDJSON with an event a line, or a JSON array of events.
 *
 * NDJSON is read as it arrives, a block of whole lines at a time. Events that are not as the format has them are faults
 * with their line and pointer; all are looked for before the first is told. Cost: O(bytes).
 */
import type { BirthEvent } from '../../engine/record/birth-event.ts';
import { FaultList } from '../../engine/tree/tree-fault.ts';
import { type ByteStream, collected } from '../byte-stream.ts';
import { parseJsonStrictly } from '../json/json-text.ts';
import { lineBlocks, linesOf } from '../json/line-blocks.ts';
import { type SchemaCheck, schemaCheck } from '../json/schema-faults.ts';
import { ReadError, type ReadFault, readError } from '../read-error.ts';
import type { Place } from '../read-image.ts';
import type { ReadLimits } from '../read-limits.ts';
import { BIRTH_EVENT_SCHEMAS } from './birth-event-schema.ts';

export type BirthEventForm = 'json' | 'ndjson';

/** A JSON array is held as a whole while it is read; NDJSON is not. */
const LARGEST_ARRAY_BYTES = 64 * 2 ** 20;
/** Whoever follows the events holds something for each. */
const MOST_EVENTS = 5_000_000;

/** @throws ReadError with the first faults, when all events are read; they mean nothing then */
export async function* readBirthEvents(
  form: BirthEventForm,
  source: ByteStream,
  limits: ReadLimits,
): AsyncGenerator<readonly BirthEvent[]> {
  const judge = new EventJudge();
  if (form === 'json') {
    const maxBytes = Math.min(limits.maxDecodedBytes, LARGEST_ARRAY_BYTES);
    const bytes = await collected(source, maxBytes, () =>
      readError(413, 'LIMIT_EXCEEDED', `A JSON array may have ${maxBytes} bytes; NDJSON may have more.`),
    );
    const value = parseJsonStrictly(bytes, { ...limits, maxDecodedBytes: maxBytes });
    if (!Array.isArray(value))
      throw readError(422, 'FIELD_INVALID', 'The body is an array of events.', { pointer: '' });
    yield value.filter((event, i) => judge.accepts(event, { pointer: `/${i}` }));
  } else {
    for await (const block of lineBlocks(source, limits)) {
      const events: BirthEvent[] = [];
      for (const { bytes, ...place } of linesOf(block)) {
        if (!bytes.some((byte) => byte > 0x20)) continue;
        const event = parseJsonStrictly(bytes, limits, place);
        if (judge.accepts(event, { line: place.line })) events.push(event);
      }
      yield events;
    }
  }
  judge.finish();
}

const CHECKS = new Map<unknown, SchemaCheck>(
  Object.entries(BIRTH_EVENT_SCHEMAS).map(([event, schema]) => [event, schemaCheck(schema)]),
);
const KINDS = [...CHECKS.keys()].join(', ');

class EventJudge {
  private readonly faults: ReadFault[] = [];
  private refused = 0;
  private count = 0;
  private latest = 0;

  accepts(event: unknown, place: Place): event is BirthEvent {
    if (++this.count > MOST_EVENTS) {
      throw readError(413, 'LIMIT_EXCEEDED', `The record has more than ${MOST_EVENTS} events.`, place);
    }
    const found = faultsOf(event, place);
    if (found.length > 0) return this.refuse(found);
    const { time } = event as BirthEvent;
    const inOrder = time >= this.latest;
    this.latest = time;
    if (inOrder) return true;
    const message = 'Earlier than the event before it; events stand in the order in which they happened.';
    return this.refuse([
      { code: 'FIELD_INVALID', message, ...place, pointer: `${place.pointer ?? ''}/time` },
    ]);
  }

  finish(): void {
    if (this.refused > 0) throw new ReadError(422, this.faults, Math.max(this.refused, this.faults.length));
  }

  private refuse(found: readonly ReadFault[]): false {
    if (this.refused++ < FaultList.KEPT) {
      this.faults.push(...found.slice(0, FaultList.KEPT - this.faults.length));
    }
    return false;
  }
}

function faultsOf(event: unknown, place: Place): readonly ReadFault[] {
  const pointer = place.pointer ?? '';
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    return [{ code: 'FIELD_INVALID', message: 'An event is an object.', ...place, pointer }];
  }
  const kind = (event as { event?: unknown }).event;
  const check = CHECKS.get(kind);
  if (!check) {
    const code = kind === undefined ? 'FIELD_MISSING' : 'FIELD_INVALID';
    return [{ code, message: `The field event is one of ${KINDS}.`, ...place, pointer: `${pointer}/event` }];
  }
  return check.accepts(event) ? [] : check.faults(event, place);
}
