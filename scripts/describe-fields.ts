/** Descriptions for what the schemas leave without one (src/http/schemas/field-glossary.ts). */

import { FIELD_GLOSSARY, SCHEMA_GLOSSARY } from '../src/http/schemas/field-glossary.ts';

export interface Schema {
  description?: string;
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema | boolean;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

export function describeFields(schemas: Record<string, Schema>): void {
  for (const [name, schema] of Object.entries(schemas)) {
    const says = SCHEMA_GLOSSARY[name];
    if (schema.description === undefined && says) schema.description = says;
    eachField(schema, name, (field, at) => {
      const meaning = FIELD_GLOSSARY[at.slice(at.lastIndexOf('.') + 1)];
      if (field.description === undefined && field.$ref === undefined && meaning) field.description = meaning;
    });
  }
}

/** Calls with every property of a schema, at any depth, and where it is. */
export function eachField(schema: Schema, at: string, call: (field: Schema, at: string) => void): void {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    call(field, `${at}.${name}`);
    eachField(field, `${at}.${name}`, call);
  }
  const { items, additionalProperties, anyOf = [], oneOf = [], allOf = [] } = schema;
  for (const inner of [items, additionalProperties, ...anyOf, ...oneOf, ...allOf]) {
    if (typeof inner === 'object') eachField(inner, at, call);
  }
}
