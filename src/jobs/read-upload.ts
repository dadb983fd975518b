/** From an upload to a tree and the wishes that came with it: on the main thread or in a worker, the same way. */

import type { Limits } from '../config.ts';
import type { Log } from '../engine/requirements/surroundings.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { FaultList } from '../engine/tree/tree-fault.ts';
import { type Fault, Problem, type ProblemByValue, type ProblemCode } from '../errors.ts';
import { decodedContent } from '../formats/archive/content-encoding.ts';
import { type ByteStream, withHead } from '../formats/byte-stream.ts';
import { foreignForm } from '../formats/foreign-forms.ts';
import { duplicateMember, membersOf, type ParsedJson } from '../formats/json/json-text.ts';
import { parseImageJson } from '../formats/json/scanned-image.ts';
import { ReadError, type ReadStatus } from '../formats/read-error.ts';
import {
  loadTree,
  type NotRead,
  type ReadResult,
  readParsedTree,
  readTree,
  readTreeParts,
} from '../formats/read-tree.ts';
import { HEAD_LENGTH, sniffForm } from '../formats/upload-form.ts';
import type { SurroundingsRecord, TreeRecord } from '../store/store.ts';
import { surroundingsRecord, treeRecord } from './tree-record.ts';
import type { BodyUpload, Upload, Wanted } from './upload.ts';

export type ReadOutcome = BroughtTree | NamedTree | RefusedLine | LogsAlone;

export interface BroughtTree {
  readonly record: TreeRecord;
  /** Where it was read on this thread. */
  readonly tree?: ProcessTree;
  /** What the upload says beside the tree; null where its form has nothing of it. */
  readonly surroundings: SurroundingsRecord | null;
  /** `options` of the body, unchecked; undefined where it has none. */
  readonly options: unknown;
  readonly labels?: Labels | undefined;
}

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

/** Of an archive whose image is none, as a dump that failed leaves it. */
export interface LogsAlone {
  readonly record: null;
  readonly options: undefined;
  readonly labels: undefined;
  readonly logs: readonly Log[];
}

/** What a line of a batch says of where its tree belongs (LABELS), unchecked. */
export type Labels = Readonly<Record<string, unknown>>;

interface RequestRead {
  readonly read: ReadResult;
  readonly options: unknown;
  readonly labels?: Labels | undefined;
}

/** @throws Problem saying what is wrong with the upload, and where */
export async function readUpload(
  upload: Upload,
  wanted: Wanted,
  limits: Limits,
  set: string | null = null,
): Promise<ReadOutcome> {
  try {
    const request = await readRequest(upload, wanted, limits, set);
    if (!('read' in request)) return request;
    const loaded = loadTree(request.read);
    if (!loaded.ok) {
      const { logs } = loaded;
      if (wanted === 'log' && logs.length > 0)
        return { record: null, options: undefined, labels: undefined, logs };
      const problem = problemOf(loaded);
      if (!request.labels) throw problem;
      return refusedLine(problem, request.labels);
    }
    return {
      tree: loaded.tree,
      record: treeRecord(loaded.tree, loaded.findings),
      surroundings: loaded.surroundings && surroundingsRecord(loaded.surroundings),
      options: request.options,
      labels: request.labels,
    };
  } catch (error) {
    throw error instanceof ReadError ? problemOf(error) : error;
  }
}

async function readRequest(
  upload: Upload,
  wanted: Wanted,
  limits: Limits,
  set: string | null,
): Promise<RequestRead | NamedTree | RefusedLine> {
  if ('parts' in upload) return { read: await readTreeParts(upload.parts, limits), options: undefined };
  const body = await withoutEncoding(upload, limits);
  const head = body.head.subarray(0, HEAD_LENGTH);
  const form = sniffForm(body.contentType, head);
  if (form === null || form === 'multipart') throw unknownForm(body.contentType, head);
  if (form === 'json' && wanted !== 'image' && wanted !== 'log' && set === null)
    return readPlanRequest(await wholeOf(body, limits), wanted, limits);
  const source = body.rest ? joined(body.head, body.rest) : body.head;
  return { read: await readTree(form, source, limits, set), options: undefined };
}

function unknownForm(contentType: string | undefined, head: Uint8Array): Problem {
  const says = foreignForm(head) ?? `${contentType ?? 'The body'} is no form of a tree image.`;
  return new Problem('FORM_UNKNOWN', says, { errors: [{ code: 'FORM_UNKNOWN', message: says }] });
}

/** The body without its Content-Encoding. @throws ReadError */
export async function withoutEncoding(upload: BodyUpload, limits: Limits): Promise<BodyUpload> {
  const { contentType, contentEncoding, head, rest } = upload;
  if (contentEncoding === undefined) return upload;
  const decoded = await withHead(decodedContent(joined(head, rest), contentEncoding, limits), HEAD_LENGTH);
  return { contentType, head: decoded.head, rest: decoded.rest };
}

async function readPlanRequest(
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

function refusedLine(problem: Problem, labels: Labels): RefusedLine {
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
  if (typeof treeId !== 'string') {
    const message = 'The id of a stored tree is a string.';
    throw new Problem('BODY_INVALID', message, {
      errors: [{ code: 'FIELD_INVALID', pointer: '/treeId', message }],
    });
  }
  return { record: null, treeId, options, labels };
}

function isRequest(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !('processes' in value) &&
    (Object.hasOwn(value, 'tree') || Object.hasOwn(value, 'treeId'))
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
      pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
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

async function wholeOf({ head, rest }: BodyUpload, limits: Limits): Promise<Uint8Array> {
  if (!rest) return head;
  const chunks = [head];
  let length = head.length;
  for await (const chunk of rest) {
    length += chunk.length;
    if (length > limits.maxDecodedBytes) {
      throw new Problem('IMAGE_TOO_LARGE', `A JSON body may have ${limits.maxDecodedBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** The whole body again. */
export async function* joined(head: Uint8Array, rest: ByteStream | null): ByteStream {
  yield head;
  if (rest) yield* rest;
}

const CODE_OF_STATUS: Readonly<Record<ReadStatus, ProblemCode>> = {
  400: 'IMAGE_UNPARSABLE',
  413: 'IMAGE_TOO_LARGE',
  415: 'FORM_UNKNOWN',
  422: 'IMAGE_INVALID',
};

function problemOf({ status, faults, total }: Pick<NotRead, 'status' | 'faults' | 'total'>): Problem {
  const detail = faults[0]?.message ?? 'The upload cannot be read.';
  return new Problem(CODE_OF_STATUS[status], detail, { errors: faults, total });
}
