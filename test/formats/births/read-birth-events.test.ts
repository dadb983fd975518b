import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BirthEvent } from '../../../src/engine/record/birth-event.ts';
import { type BirthEventForm, readBirthEvents } from '../../../src/formats/births/read-birth-events.ts';
import { ReadError } from '../../../src/formats/read-error.ts';
import { DEFAULT_READ_LIMITS } from '../../../src/formats/read-limits.ts';
import { inPieces } from '../dumps.ts';

async function read(
  form: BirthEventForm,
  text: string,
  piece = 7,
  limits: Partial<typeof DEFAULT_READ_LIMITS> = {},
): Promise<BirthEvent[]> {
  const events: BirthEvent[] = [];
  const source = inPieces(Buffer.from(text), piece);
  for await (const some of readBirthEvents(form, source, { ...DEFAULT_READ_LIMITS, ...limits }))
    events.push(...some);
  return events;
}

const EVENTS = [
  { event: 'attach', time: 0 },
  { event: 'fork', parent: 0, child: 1, time: 1.5, comm: 'ignored' },
  { event: 'fork', parent: 1, child: 2, time: 2, parentStart: 10, childStart: 20 },
  { event: 'lost', time: 2, count: 0 },
  { event: 'exit', pid: 2, time: 2e16, start: 20 },
];

test('lines and arrays give the same events, however the bytes arrive', async () => {
  const lines = EVENTS.map((event) => JSON.stringify(event));
  for (const piece of [1, 5, 64, 10_000]) {
    assert.deepEqual(await read('ndjson', lines.join('\n'), piece), EVENTS);
    assert.deepEqual(await read('ndjson', `\r\n${lines.join('\r\n\r\n')}\r\n`, piece), EVENTS);
    assert.deepEqual(await read('json', JSON.stringify(EVENTS), piece), EVENTS);
  }
  assert.deepEqual(await read('json', '[]'), []);
});

test('what is no event is told with its place, a hundred faults at most', async () => {
  const bad = '{"event":"exit","time":1}\n'.repeat(150);
  const fault = { code: 'FIELD_MISSING', message: 'The field pid is required.', line: 1, pointer: '/pid' };
  await assert.rejects(read('ndjson', bad), (error: unknown) => {
    assert.ok(error instanceof ReadError);
    assert.deepEqual([error.status, error.faults.length, error.total], [422, 100, 150]);
    assert.deepEqual(error.faults[0], fault);
    return true;
  });
  for (const [form, text, status] of [
    ['ndjson', '{"event":"attach","time":1}{', 400],
    ['ndjson', '{"event":"attach","time":1,"time":2}', 400],
    ['ndjson', `{"event":"attach","time":1,"more":${'['.repeat(70)}${']'.repeat(70)}}`, 422],
    ['json', '{"event":"attach","time":1}', 422],
    ['json', '[{"event":"toString","time":1}]', 422],
    ['json', '[', 400],
  ] as const) {
    await assert.rejects(read(form, text), { status }, text);
  }
});

test('limits hold for both forms', async () => {
  const text = JSON.stringify(EVENTS);
  await assert.rejects(read('json', text, 7, { maxDecodedBytes: 50 }), { status: 413 });
  await assert.rejects(read('ndjson', text, 7, { maxDecodedBytes: 50 }), { status: 413 });
  await assert.rejects(read('ndjson', text, 7, { maxEntryBytes: 50 }), { status: 413 });
});
