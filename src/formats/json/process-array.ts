/**
 * The array of processes of a JSON image, scanned process by process (process-scanner.ts).
 *
 * In: bytes, and where the array begins. Out: rows, and where it ends; −1 where something in it is not as images write it.
 * Then nothing is said about it: the caller parses the whole text, and finds out what is wrong, if anything.
 * A process that the scanner does not read is parsed by JSON.parse on its own.
 * Cost: O(bytes).
 */

import { isUtf8 } from 'node:buffer';
import { BACKSLASH, BRACE, BRACE_END, BRACKET_END, COMMA, isSpace, QUOTE } from './json-bytes.ts';
import { shapeOf } from './json-text.ts';
import type { ProcessRows } from './process-rows.ts';
import { ProcessScanner } from './process-scanner.ts';

/** @param at where the array's first element begins, or its end @param most rows that there may be */
export function scanProcesses(bytes: Uint8Array, at: number, rows: ProcessRows, most: number): number {
  const scanner = new ProcessScanner(bytes, at);
  if (scanner.isNext(BRACKET_END)) return scanner.at;
  do {
    const from = scanner.at;
    if (rows.columns.count === most) return -1;
    if (scanner.process()) rows.put(scanner.found, scanner.members, false);
    else {
      scanner.at = parsedAlone(bytes, from, rows);
      if (scanner.at < 0) return -1;
    }
  } while (scanner.isNext(COMMA));
  return scanner.isNext(BRACKET_END) ? scanner.at : -1;
}

/** Where the process ends that begins here; −1 where it is none, or names a member twice. */
function parsedAlone(bytes: Uint8Array, from: number, rows: ProcessRows): number {
  let begin = from;
  while (isSpace(bytes[begin])) begin++;
  const end = endOfObject(bytes, begin);
  if (end < 0) return -1;
  const piece = bytes.subarray(begin, end);
  if (!isUtf8(piece)) return -1;
  const before = rows.members;
  try {
    if (!rows.append(JSON.parse(Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('utf8'))))
      return -1;
  } catch {
    return -1;
  }
  return rows.members - before === shapeOf(piece).members ? end : -1;
}

function endOfObject(bytes: Uint8Array, begin: number): number {
  let open = 0;
  for (let i = begin; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      for (i++; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++;
    } else if (byte === BRACE) open++;
    else if (byte === BRACE_END) open--;
    if (open === 0) return byte === BRACE_END ? i + 1 : -1;
  }
  return -1;
}
