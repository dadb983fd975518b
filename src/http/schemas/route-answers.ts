/** Answers that many routes have, and the problems that the kinds of calls can end in: every route's list is made of these. */

import Type from 'typebox';
import type { ProblemCode } from '../../errors.ts';

/** @param component of the document */
export function jsonAnswer(description: string, component: string) {
  return { description, content: { 'application/json': { schema: Type.Ref(component) } } };
}

export const NOT_MODIFIED = { description: 'Not modified', type: 'null' };

type Codes = readonly ProblemCode[];

/** Any call: its query, its header fields, and a store that fails. */
export const ANY: Codes = ['QUERY_INVALID', 'HEADER_TOO_LARGE', 'STORE_UNAVAILABLE', 'INTERNAL'];
/** … that answers with a body. */
export const READING: Codes = [...ANY, 'NOT_ACCEPTABLE'];
/** … whose work may go to another thread. */
export const WORKING: Codes = ['QUEUE_FULL', 'WORKER_LOST'];

/** What takes no body is asked with one; a deletion is written, too. */
export const DELETING: Codes = ['FORM_UNKNOWN', 'STORE_FULL'];

export const OF_TREE: Codes = ['TREE_NOT_FOUND'];
export const OF_PLAN: Codes = ['PLAN_NOT_FOUND'];
/** Of a plan that has to be ready: or why it is not, or will not be. */
const OF_READY_PLAN: Codes = [...OF_PLAN, 'PLAN_NOT_READY', 'PLAN_CANCELLED', 'WORKER_LOST'];
/** What is told of a tree without a plan. */
export const TREE_VIEW: Codes = [...READING, ...OF_TREE, 'SURROUNDINGS_NOT_FOUND', ...WORKING];
/** What is computed from a ready plan and its tree. */
export const VIEW: Codes = [...READING, ...OF_READY_PLAN, ...OF_TREE, ...WORKING];

/** A body that is parsed and checked. */
export const BODY: Codes = [
  'BODY_EMPTY',
  'BODY_UNPARSABLE',
  'BODY_TOO_LARGE',
  'FORM_UNKNOWN',
  'BODY_INVALID',
];
/** A body that is read as it comes. */
export const UPLOAD: Codes = [
  ...BODY,
  ...WORKING,
  'REQUEST_INVALID',
  'REQUEST_TIMEOUT',
  'ENCODING_UNKNOWN',
  'STORE_FULL',
];
/** … and has a tree image in it. */
export const IMAGE_UPLOAD: Codes = [...UPLOAD, 'IMAGE_UNPARSABLE', 'IMAGE_TOO_LARGE', 'IMAGE_INVALID'];
