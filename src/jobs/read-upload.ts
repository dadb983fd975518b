/** From an upload to a tree and the wishes that came with it: on the main thread or in a worker, the same way. */

import type { Limits } from '../config.ts';
import type { Log } from '../engine/requirements/surroundings.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { Problem } from '../errors.ts';
import { decodedContent } from '../formats/archive/content-encoding.ts';
import { collected, joined, withHead } from '../formats/byte-stream.ts';
import { foreignForm } from '../formats/foreign-forms.ts';
import { ReadError } from '../formats/read-error.ts';
import { loadTree, readTree, readTreeParts } from '../formats/read-tree.ts';
import { HEAD_LENGTH, sniffForm, unknownFormInWords } from '../formats/upload-form.ts';
import type { SurroundingsRecord, TreeRecord } from '../store/store.ts';
import { imageProblem } from './read-problems.ts';
import {
  type Labels,
  type NamedTree,
  type RefusedLine,
  type RequestRead,
  readPlanRequest,
  refusedLine,
} from './read-request.ts';
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

/** Of an archive whose image is none, as a dump that failed leaves it. */
export interface LogsAlone {
  readonly record: null;
  readonly options: undefined;
  readonly labels: undefined;
  readonly logs: readonly Log[];
}

/** @throws Problem saying what is wrong with the upload, and where */
export async function readUpload(
  upload: Upload,
  wanted: Wanted,
  limits: Limits,
  set: string | null = null,
): Promise<ReadOutcome> {
  try {
    const request = await readBody(upload, wanted, limits, set);
    if (!('read' in request)) return request;
    const loaded = loadTree(request.read);
    if (!loaded.ok) {
      const { logs } = loaded;
      if (wanted === 'log' && logs.length > 0)
        return { record: null, options: undefined, labels: undefined, logs };
      const problem = imageProblem(loaded);
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
    throw error instanceof ReadError ? imageProblem(error) : error;
  }
}

async function readBody(
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
  const says = foreignForm(head) ?? unknownFormInWords(contentType);
  return new Problem('FORM_UNKNOWN', says, { errors: [{ code: 'FORM_UNKNOWN', message: says }] });
}

/** The body without its Content-Encoding. @throws ReadError */
export async function withoutEncoding(upload: BodyUpload, limits: Limits): Promise<BodyUpload> {
  const { contentType, contentEncoding, head, rest } = upload;
  if (contentEncoding === undefined) return upload;
  const decoded = await withHead(decodedContent(joined(head, rest), contentEncoding, limits), HEAD_LENGTH);
  return { contentType, head: decoded.head, rest: decoded.rest };
}

async function wholeOf({ head, rest }: BodyUpload, limits: Limits): Promise<Uint8Array> {
  if (!rest) return head;
  const { maxDecodedBytes } = limits;
  const tooLong = () => new Problem('IMAGE_TOO_LARGE', `A JSON body may have ${maxDecodedBytes} bytes.`);
  return collected(joined(head, rest), maxDecodedBytes, tooLong);
}
