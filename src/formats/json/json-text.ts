/**
 * JSON text: parsed, with what JSON.parse hides found: a member written twice, nesting that no image needs.
 *
 * JSON.parse keeps the last of two members of one name. That is found without a parser of our own: the text has one
 * colon outside strings for each member that was written, the value has one property for each that was kept.
 */
import { constants, isUtf8 } from 'node:buffer';
import { type ReadError, readError } from '../read-error.ts';
import type { Place } from '../read-image.ts';
import type { ReadLimits } from '../read-limits.ts';
import { BACKSLASH, BRACE, BRACE_END, BRACKET, BRACKET_END, COLON, QUOTE } from './json-bytes.ts';
import { findJsonFlaw } from './json-flaw.ts';
import type { ProcessRows } from './process-rows.ts';

export interface ParsedJson {
  readonly value: unknown;
  /** Members that the text has, in all its objects. */
  readonly members: number;
  /** Rows that stand for the processes of an image within the value, whose array is empty. */
  readonly scanned?: { readonly image: object; readonly rows: ProcessRows };
}

/** Parses a text. `place` is where it stands in the upload; offsets in faults count from there. */
export function parseJson(bytes: Uint8Array, limits: ReadLimits, place: Place = {}): ParsedJson {
  if (bytes.length > Math.min(limits.maxDecodedBytes, constants.MAX_STRING_LENGTH)) {
    throw readError(413, 'LIMIT_EXCEEDED', `The JSON text has ${bytes.length} bytes, too many.`, place);
  }
  const { members, depth, tooDeepAt } = shapeOf(bytes, limits.maxDepth);
  if (depth > limits.maxDepth) {
    throw readError(
      422,
      'JSON_TOO_DEEP',
      `The JSON text is nested ${depth} deep; ${limits.maxDepth} is the limit.`,
      at(place, tooDeepAt),
    );
  }
  if (!isUtf8(bytes)) {
    throw readError(400, 'NOT_UTF8', 'The text is not UTF-8.', at(place, firstNotUtf8(bytes)));
  }
  const text = textOf(bytes);
  try {
    return { value: JSON.parse(text), members };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const flaw = findJsonFlaw(text);
    const offset = flaw ? Buffer.byteLength(text.slice(0, flaw.at)) : 0;
    throw readError(400, 'JSON_SYNTAX', flaw?.message ?? 'The text is not JSON.', at(place, offset));
  }
}

/** A JSON value whose text names no member twice. For bodies that are not tree images themselves. */
export function parseJsonStrictly(bytes: Uint8Array, limits: ReadLimits, place: Place = {}): unknown {
  const { value, members } = parseJson(bytes, limits, place);
  if (members !== membersOf(value)) throw duplicateMember(bytes, place);
  return value;
}

/** The fault of a text that has more members than its value. */
export function duplicateMember(bytes: Uint8Array, place: Place = {}): ReadError {
  const text = textOf(bytes);
  const flaw = findJsonFlaw(text);
  const offset = flaw ? Buffer.byteLength(text.slice(0, flaw.at)) : 0;
  const message = flaw?.message ?? 'An object has two members of one name.';
  return readError(400, 'JSON_DUPLICATE_MEMBER', message, {
    ...at(place, offset),
    pointer: (place.pointer ?? '') + (flaw?.pointer ?? ''),
  });
}

/** Members of all objects in a JSON value. */
export function membersOf(value: unknown): number {
  let members = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const container = open.pop();
    if (typeof container !== 'object' || container === null) continue;
    const contents = Object.values(container);
    if (!Array.isArray(container)) members += contents.length;
    for (const content of contents) if (typeof content === 'object' && content !== null) open.push(content);
  }
  return members;
}

/** Bytes that are not UTF-8 are decoded to U+FFFD, so that encoding the text again gives others. */
function firstNotUtf8(bytes: Uint8Array): number {
  const again = Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  let offset = 0;
  while (offset < bytes.length && again[offset] === bytes[offset]) offset++;
  return offset;
}

function at(place: Place, offset: number): Place {
  return { ...place, offset: (place.offset ?? 0) + offset };
}

function textOf(bytes: Uint8Array): string {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start).toString('utf8');
}

/**
 * Colons and the deepest bracket outside strings, and where the first bracket deeper than `maxDepth` stands. Of a text
 * that is no JSON the numbers mean nothing.
 */
export function shapeOf(
  bytes: Uint8Array,
  maxDepth = Number.POSITIVE_INFINITY,
): { members: number; depth: number; tooDeepAt: number } {
  let members = 0;
  let open = 0;
  let depth = 0;
  let tooDeepAt = -1;
  const { length } = bytes;
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!;
    if (byte === QUOTE) {
      for (i++; i < length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++;
    } else if (byte === COLON) members++;
    else if (byte === BRACE || byte === BRACKET) {
      if (++open > depth) {
        depth = open;
        if (depth > maxDepth && tooDeepAt < 0) tooDeepAt = i;
      }
    } else if (byte === BRACE_END || byte === BRACKET_END) open--;
  }
  return { members, depth, tooDeepAt };
}
