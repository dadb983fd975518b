/**
 * Requests that mean well and those that do not, drawn from everything that a request is made of: each is answered as the
 * document says (answer-check.ts looks at all of them), a refusal as a problem, and none by an error of the service.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { scaled } from '../full-size.ts';
import { openapi } from './answer-check.ts';
import { postJson, startService } from './service-under-test.ts';

const { app } = await startService({ ANSWER_CACHE_BYTES: '100000' });

/** 9 is in session 1 below a leader; 9 leads a session and is in another's group. */
const RESTORABLE = [
  { pid: 1, ppid: 0, pgid: 1, sid: 1 },
  { pid: 7, ppid: 1, pgid: 7, sid: 7 },
  { pid: 9, ppid: 7, pgid: 1, sid: 1 },
];
const REFUSED = [
  { pid: 1, ppid: 0, pgid: 1, sid: 1 },
  { pid: 7, ppid: 1, pgid: 7, sid: 7 },
  { pid: 9, ppid: 1, pgid: 7, sid: 9 },
];

async function planOf(
  processes: readonly object[],
): Promise<{ id: string; treeId: string; outcome: string }> {
  return (await postJson(app, '/v1/plans', { processes })).json();
}
const plans = [await planOf(RESTORABLE), await planOf(REFUSED)];
assert.deepEqual(
  plans.map(({ outcome }) => outcome),
  ['restorable', 'unrestorable'],
);
const known = plans.flatMap(({ id, treeId }) => [id, treeId]);

const operations = Object.entries(openapi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);
const often = <T>(weight: number, value: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: value }, { weight: 1, arbitrary: other });

const id = often(
  3,
  fc.constantFrom(...known),
  fc.constantFrom('x', '0'.repeat(64), 'A'.repeat(64), '%00', '%ff', 'a%2fb', '..', '-1', '9'.repeat(300)),
);
const value = fc.constantFrom(
  ...[
    '',
    '0',
    '-1',
    '1',
    '2',
    'true',
    'false',
    'steps',
    'diff',
    'restorers',
    'steps,diff',
    '%00',
    '%',
    '%ff',
    '1e9',
  ],
  ...[
    '9999999999',
    '4.3',
    'json',
    'null',
    '[]',
    '1,2,3',
    '1,,2',
    'abc',
    'a=b',
    'NaN',
    '9'.repeat(50),
    ...known,
  ],
);
const body = fc.constantFrom(
  ...[
    '',
    '{}',
    '[]',
    'null',
    '1',
    '"x"',
    '{"processes":[]}',
    '{"__proto__":1}',
    '\u0000',
    '{"a":'.repeat(1000),
  ],
  JSON.stringify({ processes: RESTORABLE }),
  RESTORABLE.map((row) => JSON.stringify(row)).join('\n'),
  ...plans.map(({ treeId }) => JSON.stringify({ treeId, options: { history: 1 } })),
  ...['{"options":{}}', '[{"pid":1}]\n{"x"', '{"event":"birth"}', '[{"event":"fork","pid":7,"parent":1}]'],
  '--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nhi\r\n--x--\r\n',
  ...['(00.001) Error (criu/x.c:1): nope\n', '{"target":{}}', `{"surroundings":"${'a'.repeat(64)}"}`],
);
const form = fc.constantFrom(
  ...[
    'application/json',
    'application/x-ndjson',
    'application/x-tar',
    'application/gzip',
    'application/zstd',
  ],
  ...[
    'text/plain',
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'x',
  ],
  ...['application/json; charset=latin1', 'application/vnd.criu.pstree'],
);
const headers = fc.record(
  {
    accept: fc.constantFrom(
      ...['*/*', 'application/json', 'text/plain', 'application/x-ndjson', 'image/png', 'text/event-stream'],
      ...['application/octet-stream', '', 'q=,;', 'application/json;q=0', 'a/b/c'],
    ),
    'accept-encoding': fc.constantFrom('gzip', 'br', 'zstd', 'x', 'identity;q=0'),
    'content-encoding': fc.constantFrom('gzip', 'br', 'zstd', 'identity', 'x', 'gzip, deflate'),
    'if-none-match': fc.constantFrom('*', '"x"', 'W/"x"', ...known.map((tag) => `"${tag}"`)),
    prefer: fc.constantFrom('respond-async', 'wait=0', 'wait=x', 'wait=999999999', 'respond-async, wait=1'),
  },
  { requiredKeys: [] },
);

const request: fc.Arbitrary<InjectOptions> = fc
  .constantFrom(...operations)
  .chain(({ path, method, operation }) => {
    const asked = (operation.parameters ?? []).filter((row) => row.in === 'query').map(({ name }) => name);
    const name = often(
      5,
      fc.constantFrom(...asked, 'include'),
      fc.constantFrom('x', '%', '%ff', '__proto__'),
    );
    return fc
      .record({
        ids: fc.array(id, { minLength: 2, maxLength: 2 }),
        query: fc.array(fc.tuple(name, value), { maxLength: 2 }),
        method: often(14, fc.constant(method), fc.constantFrom('PUT', 'PATCH', 'OPTIONS', 'HEAD', 'POST')),
        headers: often(2, fc.constant({}), headers),
        form: often(1, fc.constant('application/json'), form),
        body,
      })
      .map((drawn): InjectOptions => {
        const [...ids] = drawn.ids;
        const address = path.replace(/\{\w+\}/g, () => ids.pop()!);
        const query = drawn.query.map((pair) => pair.join('=')).join('&');
        const hasBody = drawn.method === 'POST' || drawn.method === 'DELETE';
        return {
          method: drawn.method as 'GET',
          url: query ? `${address}?${query}` : address,
          headers: { ...drawn.headers, ...(hasBody && { 'content-type': drawn.form }) },
          ...(hasBody && { payload: drawn.body }),
        };
      });
  });

test('whatever is asked, the answer is one that the document has, and no error of the service', async () => {
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      const { statusCode, body: said } = await app.inject(asked);
      seen.add(statusCode);
      assert.ok(statusCode < 500, said);
      if (statusCode === 204) await Promise.all([planOf(RESTORABLE), planOf(REFUSED)]);
      if (statusCode < 400 || asked.method === 'HEAD') return;
      const { code, status } = JSON.parse(said) as { code: string; status: number };
      assert.match(code, /^[A-Z_]+$/);
      assert.equal(status, statusCode);
    }),
    { numRuns: scaled(400, 8_000) },
  );
  for (const status of [200, 400, 404, 405, 406, 415, 422]) assert.ok(seen.has(status), String(status));
});
