/**
 * What a target says about itself, from the text of a body.
 *
 * @throws ReadError with pointer or offset
 */

import type { TargetFacts } from '../engine/requirements/target.ts';
import { parseJsonStrictly } from './json/json-text.ts';
import { schemaCheck } from './json/schema-faults.ts';
import { ReadError } from './read-error.ts';
import { DEFAULT_READ_LIMITS } from './read-limits.ts';
import { TargetSchema } from './target-schema.ts';

const check = schemaCheck(TargetSchema);

export function readTarget(bytes: Uint8Array): TargetFacts {
  const value = parseJsonStrictly(bytes, DEFAULT_READ_LIMITS);
  if (!check.accepts(value)) throw new ReadError(422, check.faults(value, {}));
  return value as TargetFacts;
}
