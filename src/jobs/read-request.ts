/**
 * The JSON body of a request for a plan: an image; or a tree, or the id of a stored one, with options; a line of a batch says
 * to which container of which pod it belongs, too.
 */

import type { Limits } from '../config.ts';
import { FaultList } from '../engine/tree/tree-fault.ts';
import { type Fault, Problem, type ProblemByValue } from '../errors.ts';
import { escaped } from '../formats/json/json-flaw.ts';
import { duplicateMember, membersOf, type ParsedJson } from '../formats/json/json-text.ts';
import { parseImageJson } from '../formats/json/scanned-image.ts';
import { type ReadResult, readParsedTree } from '../formats/read-tree.ts';
import type { Wanted } from './upload.ts';

/** The body names a stored tree instead of bringing one. */
export interface NamedTree {
  readonly record: null;
  readonly treeId: string;
  readonly options: unknown;
  readonly labels?: Labels | undefined;
}

/** A line of a batch that says where it belongs, and has no tree. */
export interface RefusedLine {
  readonly record: null;
  readonly options: undefined;
  readonly refused: ProblemByValue;
  readonly labels: Labels;
}

/** What a line of a batch says of where its tree belongs (LABELS), unchecked. */
export type Labels = Readonly<Record<string, unknown>>;

export interface RequestRead {
  readonly read: ReadResult;
  readonly options: unknown;
  readonly labels?: Labels | undefined;
}

/** @throws Problem, ReadError */
export async function readPlanRequest(
  bytes: Uint8Array,
  wanted: Wanted,
  limits: Limits,
): Promise<RequestRead | NamedTree | RefusedLine> {
  const parsed = parseImageJson(bytes, limits, true);
  const { value } = parsed;
  if (!isRequest(value)) {
    const labels = wanted === 'batch line' ? {} : undefined;
    return { read: await readParsedTree(bytes, parsed, limits), options: undefined, labels };
  }
  const { tree: _tree, treeId: _treeId, options: _options, ...others } = value;
  const labels = wanted === 'batch line' ? others : undefined;
  try {
    return await requested(bytes, parsed, value, labels, limits);
  } catch (error) {
    if (!labels || !(error instanceof Problem)) throw error;
    return refusedLine(error, labels);
  }
}

export function refusedLine(problem: Problem, labels: Labels): RefusedLine {
  return { record: null, options: undefined, refused: problem.byValue(), labels };
}

async function requested(
  bytes: Uint8Array,
  parsed: ParsedJson,
  value: Record<string, unknown>,
  labels: Labels | undefined,
  limits: Limits,
): Promise<RequestRead | NamedTree> {
  const { tree, treeId, options } = value;
  refuseOthers(value, labels !== undefined, tree !== undefined && treeId !== undefined);
  const membersAround = Object.keys(value).length + membersOf(options);
  if (tree !== undefined) {
    const image: ParsedJson = { ...parsed, value: tree };
    return { read: await readParsedTree(bytes, image, limits, '/tree', membersAround), options, labels };
  }
  if (membersAround !== parsed.members) throw duplicateMember(bytes);
  if (treeId === undefined) {
    throw broken(
      'FIELD_MISSING',
      '/tree',
      'A tree is wanted: an image as tree, or the id of a stored one as treeId.',
    );
  }
  if (typeof treeId !== 'string')
    throw broken('FIELD_INVALID', '/treeId', 'The id of a stored tree is a string.');
  return { record: null, treeId, options, labels };
}

function broken(code: 'FIELD_MISSING' | 'FIELD_INVALID', pointer: string, message: string): Problem {
  return new Problem('BODY_INVALID', message, { errors: [{ code, pointer, message }] });
}

function isRequest(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !('processes' in value) &&
    [...MEMBERS].some((name) => Object.hasOwn(value, name))
  );
}

const MEMBERS: ReadonlySet<string> = new Set(['tree', 'treeId', 'options']);
/** Further members of a line of a batch. */
const LABELS: ReadonlySet<string> = new Set(['pod', 'container', 'pidNamespace']);

function refuseOthers(request: Record<string, unknown>, labelled: boolean, both: boolean): void {
  const errors: Fault[] = [];
  let others = 0;
  for (const name in request) {
    if (MEMBERS.has(name) || (labelled && LABELS.has(name)) || ++others > FaultList.KEPT) continue;
    errors.push({
      code: 'FIELD_UNKNOWN',
      pointer: `/${escaped(name)}`,
      message: `The request has tree or treeId, and options${labelled ? ', pod, container, pidNamespace' : ''}; nothing else.`,
    });
  }
  if (both)
    errors.push({ code: 'FIELD_INVALID', pointer: '/treeId', message: 'Either tree or treeId, not both.' });
  if (errors.length) {
    const total = Math.max(others, errors.length);
    throw new Problem('BODY_INVALID', errors[0]!.message, { errors, total });
  }
}
