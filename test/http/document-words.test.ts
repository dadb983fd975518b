/** The document says what everything in it means. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { eachField, type Schema } from '../../scripts/describe-fields.ts';

interface Operation {
  readonly operationId: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

const document = JSON.parse(
  readFileSync(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8'),
) as {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

test('every field, parameter, operation and answer says what it means', () => {
  const silent: string[] = [];
  for (const [name, schema] of Object.entries<Schema>(document.components.schemas)) {
    if (!schema.description) silent.push(name);
    eachField(schema, name, (field, at) => {
      if (!field.description && !field.$ref) silent.push(at);
    });
  }
  for (const { operationId, description, parameters = [], responses } of operations) {
    if (!description) silent.push(operationId);
    for (const { name, description } of parameters) if (!description) silent.push(`${operationId} ${name}`);
    for (const [status, { description }] of Object.entries(responses)) {
      if (!description) silent.push(`${operationId} ${status}`);
    }
  }
  assert.deepEqual(silent, []);
});
