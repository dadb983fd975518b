/** Every request of the OpenAPI document, as its examples have it, is answered as the document says. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkDocumented,
  checkShape,
  type MediaType,
  type Operation,
  openapi,
} from '../http/answer-check.ts';
import { startService } from '../http/service-under-test.ts';

interface Call {
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly operation: Operation;
}

/** Trees and plans are made before they are read, and deleted last. */
const ORDER = ['postTree', 'postPlan'];
const calls = Object.entries(openapi.paths)
  .flatMap(([path, operations]) =>
    Object.entries(operations).map(
      ([method, operation]): Call => ({ path, method: method.toUpperCase() as Call['method'], operation }),
    ),
  )
  .sort((a, b) => rank(a) - rank(b));

function rank({ operation, method, path }: Call): number {
  const made = ORDER.indexOf(operation.operationId);
  if (made >= 0) return made;
  if (method === 'DELETE') return ORDER.length + (path.includes('trees') ? 2 : 1);
  return ORDER.length;
}

const { app } = await startService();

for (const call of calls) {
  const { operation, method } = call;
  const accepted = new Set(
    Object.entries(operation.responses).flatMap(([status, { content = {} }]) =>
      status.startsWith('2') ? Object.keys(content) : [],
    ),
  );
  for (const accept of accepted.size > 0 ? accepted : ['*/*']) {
    for (const { name, type, body } of requestExamples(operation)) {
      test(`${operation.operationId} ${name} → ${accept}`, async () => {
        const answer = await app.inject({
          method,
          url: addressOf(call),
          headers: { accept, ...(type && { 'content-type': type }) },
          ...(body !== undefined && { payload: body }),
        });
        checkAnswer(call, answer.statusCode, answer.headers['content-type'], answer.body);
      });
    }
  }
}

test('every example of an answer has the shape of its schema', () => {
  let examples = 0;
  for (const { path, method, operation } of calls) {
    for (const [status, { content = {} }] of Object.entries(operation.responses)) {
      for (const [type, media] of Object.entries(content)) {
        for (const example of examplesOf(media)) {
          examples++;
          checkShape([path, method, status, type], example);
        }
      }
    }
  }
  assert.ok(examples > calls.length);
});

function checkAnswer(call: Call, status: number, contentType: unknown, body: string): void {
  const said = `${status} ${body.slice(0, 300)}`;
  assert.ok(status >= 200 && status < 300, said);
  const type = String(contentType ?? '').split(';')[0]!;
  checkDocumented(
    [call.path, call.method, String(status)],
    call.operation,
    type,
    type === 'application/json' ? body : undefined,
  );
}

function examplesOf({ example, examples = {} }: MediaType): unknown[] {
  const named = Object.values(examples).map(({ value }) => value);
  return example === undefined ? named : [example, ...named];
}

interface RequestExample {
  readonly name: string;
  readonly type?: string;
  readonly body?: string;
}

/** One without a body where the operation takes none. */
function requestExamples({ requestBody }: Operation): RequestExample[] {
  if (!requestBody) return [{ name: 'without a body' }];
  return Object.entries(requestBody.content).flatMap(([type, media]) =>
    examplesOf(media).map((example, i) => ({
      name: `${type} ${i + 1}`,
      type,
      body: typeof example === 'string' ? example : JSON.stringify(example),
    })),
  );
}

function addressOf({ path, operation }: Call): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const parameter = operation.parameters?.find((other) => other.in === 'path' && other.name === name);
    return parameter?.example ?? `no example of ${name}`;
  });
}
