/**
 * A JSON text with a tree image: parsed, but for its processes, which are scanned (process-scanner.ts).
 *
 * In: the text of an image, or of a request that has one as its `tree`. Out: its value, with an empty array in place of
 * the processes, and their rows; or, where the text is not as images are written, all of it parsed. So whatever is wrong
 * in a text is found and told by the parser.
 * Invariant: rows are those of the image's own `processes`; members are those of the whole text.
 */

import { ReadError } from '../read-error.ts';
import type { ReadLimits } from '../read-limits.ts';
import { BACKSLASH, BRACE, BRACE_END, BRACKET, BRACKET_END, COLON, QUOTE } from './json-bytes.ts';
import { type ParsedJson, parseJson } from './json-text.ts';
import { scanProcesses } from './process-array.ts';
import type { ProcessRows } from './process-rows.ts';
import { headerOf, rowsFor } from './tree-json.ts';

const PROCESSES = Buffer.from('"processes"');
const TREE = Buffer.from('"tree"');
/** How a text ends where nothing comes behind the processes. */
const CLOSE_IMAGE = Buffer.from(']}');
const CLOSE_REQUEST = Buffer.from(']}}');
/** Of an image in a request: the request, the image, its processes, one of them, a vector. */
const DEPTH = 5;

/** Parses a text. @param inRequest the image may be the `tree` of a request */
export function parseImageJson(bytes: Uint8Array, limits: ReadLimits, inRequest: boolean): ParsedJson {
  return scannedImage(bytes, limits, inRequest) ?? parseJson(bytes, limits);
}

function scannedImage(bytes: Uint8Array, limits: ReadLimits, inRequest: boolean): ParsedJson | null {
  if (bytes.length > limits.maxDecodedBytes || limits.maxDepth < DEPTH) return null;
  const array = processesIn(bytes);
  if (!array || (array.isInTree && !inRequest)) return null;
  try {
    const before = bytes.subarray(0, array.begin);
    const closers = array.isInTree ? CLOSE_REQUEST : CLOSE_IMAGE;
    const closed = parseJson(Buffer.concat([before, closers]), limits);
    const header = headerOf(imageIn(closed.value, array.isInTree));
    let scanned = scannedRows(bytes, array.begin, header, limits);
    if (!scanned) return null;
    const rest = bytes.subarray(scanned.end - 1);
    const isClosed = closers.equals(rest);
    const { value, members } = isClosed ? closed : parseJson(Buffer.concat([before, rest]), limits);
    const image = imageIn(value, array.isInTree);
    if (image.processes.length > 0) return null;
    const wholeHeader = headerOf(image);
    // The header goes on behind the processes.
    if (Object.keys(wholeHeader).length > Object.keys(header).length)
      scanned = scannedRows(bytes, array.begin, wholeHeader, limits);
    return (
      scanned && { value, members: members + scanned.rows.members, scanned: { image, rows: scanned.rows } }
    );
  } catch (error) {
    if (error instanceof ReadError || error instanceof NoImage) return null;
    throw error;
  }
}

/** Null: not all of them are as images write them. */
function scannedRows(
  bytes: Uint8Array,
  begin: number,
  header: object,
  limits: ReadLimits,
): { rows: ProcessRows; end: number } | null {
  const rows = rowsFor(header, capacityFor(bytes, begin, limits), limits, {});
  const end = scanProcesses(bytes, begin, rows, limits.maxProcesses);
  return end < 0 ? null : { rows, end };
}

interface Image {
  readonly processes: readonly unknown[];
}

class NoImage extends Error {}

/** @throws NoImage */
function imageIn(value: unknown, isInTree: boolean): Image {
  const holder = value as { readonly tree?: unknown; readonly processes?: unknown };
  if (isInTree && 'processes' in holder) throw new NoImage();
  const image = (isInTree ? holder.tree : holder) as Partial<Image> | null | undefined;
  if (!Array.isArray(image?.processes)) throw new NoImage();
  return image as Image;
}

/** Where the first array named `processes` begins, behind its bracket, in an object that may be an image. */
function processesIn(bytes: Uint8Array): { begin: number; isInTree: boolean } | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const name = text.indexOf(PROCESSES);
  if (name < 0) return null;
  const colon = nextAfterSpace(text, name + PROCESSES.length);
  const bracket = nextAfterSpace(text, colon + 1);
  if (text[colon] !== COLON || text[bracket] !== BRACKET) return null;
  const open = openBefore(text, name);
  if (open === null || open.length === 0 || open.length > 2) return null;
  return open.length === 1 || isNamedTree(text, open[1]!)
    ? { begin: bracket + 1, isInTree: open.length === 2 }
    : null;
}

/** Where the objects begin that are open there; null: something else is, or more of them, or a string. */
function openBefore(text: Buffer, end: number): number[] | null {
  const open: number[] = [];
  for (let i = 0; i < end; i++) {
    const byte = text[i];
    if (byte === QUOTE) {
      for (i++; i < end && text[i] !== QUOTE; i++) if (text[i] === BACKSLASH) i++;
      if (i >= end) return null;
    } else if (byte === BRACE || byte === BRACKET) open.push(i);
    else if (byte === BRACE_END || byte === BRACKET_END) open.pop();
  }
  return open.every((at) => text[at] === BRACE) ? open : null;
}

/** Is the value that begins there the member `tree` of an object? */
function isNamedTree(text: Buffer, at: number): boolean {
  const colon = lastBeforeSpace(text, at - 1);
  const end = lastBeforeSpace(text, colon - 1) + 1;
  const begin = end - TREE.length;
  return text[colon] === COLON && text[begin - 1] !== BACKSLASH && text.subarray(begin, end).equals(TREE);
}

function nextAfterSpace(text: Buffer, at: number): number {
  let next = at;
  while (text[next]! <= 0x20) next++;
  return next;
}

function lastBeforeSpace(text: Buffer, at: number): number {
  let last = at;
  while (text[last]! <= 0x20) last--;
  return last;
}

/** As many processes as there would be if all were as long as the first few, and some more: columns that grow are made twice. */
function capacityFor(bytes: Uint8Array, begin: number, { maxProcesses }: ReadLimits): number {
  let end = begin;
  let seen = 0;
  for (let next = begin; seen < FIRST_FEW && next > 0; seen++) {
    end = next;
    next = bytes.indexOf(BRACE_END, end) + 1;
  }
  const length = Math.max((end - begin) / seen, SHORTEST);
  return Math.min(maxProcesses, Math.ceil((SLACK * (bytes.length - begin)) / length) + 1);
}

const FIRST_FEW = 8;
const SLACK = 1.05;
/** A process of four members. */
const SHORTEST = 32;
