/**
 * The image that a command is given: a file in any form that the API takes, a directory of CRIU images, or `-`, the
 * standard input.
 */

import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, isSystemError, systemErrorInWords } from '../command.ts';
import type { PlanOptions } from '../engine/plan/plan-options.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { type Fault, Problem } from '../errors.ts';
import { type ByteStream, withHead } from '../formats/byte-stream.ts';
import { imageFileName } from '../formats/criu/image-file-name.ts';
import { DEFAULT_READ_LIMITS } from '../formats/read-limits.ts';
import { HEAD_LENGTH } from '../formats/upload-form.ts';
import { checkBirths, checkedOptions } from '../http/plan-request.ts';
import { canonicalOptions } from '../jobs/plan-identity.ts';
import { readUpload } from '../jobs/read-upload.ts';
import type { Upload } from '../jobs/upload.ts';
import type { TreeRecord } from '../store/store.ts';
import { treeFromBytes } from '../store/tree-bytes.ts';
import type { ProgressLine } from '../terminal/progress-line.ts';

const LIMITS = { ...DEFAULT_READ_LIMITS, maxBodyBytes: DEFAULT_READ_LIMITS.maxDecodedBytes };
const BAD_INPUT = 2;
const FAULTS_SHOWN = 10;

export interface ImageArgument {
  readonly tree: ProcessTree;
  readonly record: TreeRecord;
  /** Canonical: those of the image's file, where it is a request for a plan, behind the given ones. */
  readonly options: PlanOptions;
}

/** @throws CommandError saying what is wrong with the image, and where */
export async function readImageArgument(
  argument: string,
  wishes: Partial<PlanOptions>,
  progress: ProgressLine,
): Promise<ImageArgument> {
  try {
    const outcome = await readUpload(await uploadOf(argument, progress), 'plan request', LIMITS);
    if (outcome.record === null) {
      throw new CommandError(`${argument} names a stored tree; a tree image is needed`, BAD_INPUT);
    }
    const { record, tree = treeFromBytes(record.bytes) } = outcome;
    const options = canonicalOptions({ ...checkedOptions(outcome.options), ...wishes });
    checkBirths({ record, tree }, options.births);
    return { tree, record, options };
  } catch (error) {
    if (error instanceof Problem) throw new CommandError(inWords(argument, error), BAD_INPUT);
    if (error instanceof Error && isSystemError(error))
      throw new CommandError(systemErrorInWords(error), BAD_INPUT);
    throw error;
  }
}

async function uploadOf(argument: string, progress: ProgressLine): Promise<Upload> {
  if (argument !== '-' && statSync(argument).isDirectory()) {
    const names = readdirSync(argument).filter((name) => imageFileName(name) !== null);
    return { parts: names.map((name) => ({ name, bytes: readFileSync(join(argument, name)) })) };
  }
  const source = argument === '-' ? process.stdin : createReadStream(argument);
  const { head, rest } = await withHead(source, HEAD_LENGTH);
  if (head.length === 0) throw new CommandError(`${argument} is empty`, BAD_INPUT);
  const size = argument === '-' ? 0 : statSync(argument).size;
  return { contentType: undefined, head, rest: told(rest, size, progress) };
}

/** The same bytes; where their number is known, how far it is. */
async function* told(stream: ByteStream, size: number, progress: ProgressLine): ByteStream {
  let read = 0;
  for await (const chunk of stream) {
    read += chunk.length;
    if (size > 0) progress.tell('Reading', read / size);
    yield chunk;
  }
}

function inWords(argument: string, { message, errors, total }: Problem): string {
  const [first] = errors;
  if (errors.length === 1 && first!.message === message) return `${argument}: ${inWord(first!)}`;
  const lines = errors.slice(0, FAULTS_SHOWN).map((fault) => `\n  ${inWord(fault)}`);
  const more = total > lines.length ? `\n  and ${total - lines.length} more` : '';
  return `${argument}: ${message}${lines.join('')}${more}`;
}

function inWord({ file, pointer, line, offset, message }: Fault): string {
  const place = [
    ...(file === undefined ? [] : [file]),
    ...(pointer === undefined ? [] : [pointer]),
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(offset === undefined ? [] : [`byte ${offset}`]),
  ];
  return place.length ? `${place.join(', ')}: ${message}` : message;
}
