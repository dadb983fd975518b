/** From an upload to a tree and the wishes that came with it: on the main thread or in a worker, the same way. */

import type { Limits } from '../config.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { FaultList } from '../engine/tree/tree-fault.ts';
import { type Fault, Problem, type ProblemCode } from '../errors.ts';
import { decompressed } from '../formats/archive/decompress.ts';
import { type ByteStream, withHead } from '../formats/byte-stream.ts';
import { foreignForm } from '../formats/foreign-forms.ts';
import { duplicateMember, membersOf, type ParsedJson, parseJson } from '../formats/json/json-text.ts';
import { GZIP_MAGIC, startsWith, ZSTD_MAGIC } from '../formats/magic.ts';
import { ReadError, type ReadStatus, readError } from '../formats/read-error.ts';
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

export type ReadOutcome = BroughtTree | NamedTree;

export interface BroughtTree {
  readonly record: TreeRecord;
  /** Where it was read on this thread. */
  readonly tree?: ProcessTree;
  /** What the upload says beside the tree; null where its form has nothing of it. */
  readonly surroundings: SurroundingsRecord | null;
  /** `options` of the body, unchecked; undefined where it has none. */
  readonly options: unknown;
}

/** The body names a stored tree instead of bringing one. */
export interface NamedTree {
  readonly record: null;
  readonly treeId: string;
  readonly options: unknown;
}

interface RequestRead {
  readonly read: ReadResult;
  readonly options: unknown;
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
    if ('treeId' in request) return request;
    const loaded = loadTree(request.read);
    if (!loaded.ok) throw problemOf(loaded);
    return {
      tree: loaded.tree,
      record: treeRecord(loaded.tree, loaded.findings),
      surroundings: loaded.surroundings && surroundingsRecord(loaded.surroundings),
      options: request.options,
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
): Promise<RequestRead | NamedTree> {
  if ('parts' in upload) return { read: await readTreeParts(upload.parts, limits), options: undefined };
  const body = await decodedBody(upload, limits);
  const head = body.head.subarray(0, HEAD_LENGTH);
  const form = sniffForm(body.contentType, head);
  if (form === null || form === 'multipart') throw unknownForm(body.contentType, head);
  if (form === 'json' && wanted === 'plan request' && set === null)
    return readPlanRequest(await wholeOf(body, limits), limits);
  const source = body.rest ? joined(body.head, body.rest) : body.head;
  return { read: await readTree(form, source, limits, set), options: undefined };
}

function unknownForm(contentType: string | undefined, head: Uint8Array): Problem {
  const says = foreignForm(head) ?? `${contentType ?? 'The body'} is no form of a tree image.`;
  return new Problem('FORM_UNKNOWN', says, { errors: [{ code: 'FORM_UNKNOWN', message: says }] });
}

/** The body without its Content-Encoding. @throws ReadError */
export async function decodedBody(upload: BodyUpload, limits: Limits): Promise<BodyUpload> {
  const { contentType, contentEncoding, head, rest } = upload;
  if (contentEncoding === undefined) return upload;
  if (!startsWith(head, contentEncoding === 'gzip' ? GZIP_MAGIC : ZSTD_MAGIC)) {
    const message = `Content-Encoding says ${contentEncoding}, and the body is none.`;
    throw readError(400, 'ARCHIVE_BROKEN', message, { offset: 0 });
  }
  const decoded = await withHead(decompressed(joined(head, rest), limits), HEAD_LENGTH);
  return { contentType, head: decoded.head, rest: decoded.rest };
}

async function readPlanRequest(bytes: Uint8Array, limits: Limits): Promise<RequestRead | NamedTree> {
  const parsed = parseJson(bytes, limits);
  const { value, members } = parsed;
  if (!isRequest(value)) return { read: await readParsedTree(bytes, parsed, limits), options: undefined };
  const { tree, treeId, options } = value;
  refuseOthers(value, tree !== undefined && treeId !== undefined);
  const membersAround = Object.keys(value).length + membersOf(options);
  if (tree !== undefined) {
    const image: ParsedJson = { value: tree, members };
    return { read: await readParsedTree(bytes, image, limits, '/tree', membersAround), options };
  }
  if (membersAround !== members) throw duplicateMember(bytes);
  if (typeof treeId !== 'string') {
    const message = 'The id of a stored tree is a string.';
    throw new Problem('BODY_INVALID', message, {
      errors: [{ code: 'FIELD_INVALID', pointer: '/treeId', message }],
    });
  }
  return { record: null, treeId, options };
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

function refuseOthers(request: Record<string, unknown>, both: boolean): void {
  const errors: Fault[] = [];
  let others = 0;
  for (const name in request) {
    if (MEMBERS.has(name) || ++others > FaultList.KEPT) continue;
    errors.push({
      code: 'FIELD_UNKNOWN',
      pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      message: 'The request has tree or treeId, and options; nothing else.',
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

function problemOf({ status, faults, total }: Omit<NotRead, 'ok'>): Problem {
  const detail = faults[0]?.message ?? 'The upload cannot be read.';
  return new Problem(CODE_OF_STATUS[status], detail, { errors: faults, total });
}
