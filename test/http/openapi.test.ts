import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openapiText } from '../../scripts/openapi-document.ts';
import { PROBLEMS } from '../../src/errors.ts';

const checkedIn = readFileSync(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8');
const document = JSON.parse(checkedIn);

interface Content {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: { readonly code: string } }>>;
}
interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}
const operations = Object.values(document.paths).flatMap((path) =>
  Object.values(path as Record<string, Operation>),
);

test('openapi/openapi.json is what the routes and their answers make (npm run openapi)', async () => {
  assert.deepEqual(JSON.parse(await openapiText()), document);
});

test('addresses of the document are those of its server, whatever its port', () => {
  assert.deepEqual(
    document.servers.map(({ url }: { url: string }) => url),
    ['/'],
  );
});

test('every answer with a body has an example', () => {
  for (const { operationId, responses } of operations) {
    for (const [status, { content = {} }] of Object.entries(responses)) {
      for (const [type, { example, examples }] of Object.entries(content)) {
        assert.ok(example !== undefined || examples !== undefined, `${operationId} ${status} ${type}`);
      }
    }
  }
});

test('every JSON body that is taken has an example', () => {
  for (const { operationId, requestBody } of operations) {
    for (const [type, { example, examples }] of Object.entries(requestBody?.content ?? {})) {
      if (!/json/.test(type)) continue;
      assert.ok(example !== undefined || examples !== undefined, `${operationId} ${type}`);
    }
  }
});

test('every error code of the catalogue is documented with an example', () => {
  const shown = new Set(
    operations.flatMap(({ responses }) =>
      Object.values(responses).flatMap(({ content }) =>
        Object.values(content?.['application/problem+json']?.examples ?? {}).map(({ value }) => value.code),
      ),
    ),
  );
  // Any address can give these.
  for (const code of ['NOT_FOUND', 'METHOD_NOT_ALLOWED', 'REQUEST_INVALID']) shown.add(code);
  assert.deepEqual(
    Object.keys(PROBLEMS).filter((code) => !shown.has(code)),
    [],
  );
});

test('every call of the API has an answer for header fields that are too large', () => {
  const without = operations.filter(({ responses }) => responses['401'] && !responses['431']);
  assert.deepEqual(
    without.map(({ operationId }) => operationId),
    [],
  );
});
