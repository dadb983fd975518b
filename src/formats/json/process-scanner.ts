/**
 * One process of a JSON image, read off its bytes: no text, no object and no property a process.
 *
 * In: bytes, and where it begins. Out: its members and where it ends; or that something in it is not as images write it:
 * more than the usual fields, escapes, fractions, text beyond ASCII. Then nothing is said about it.
 * Invariant: what is accepted here JSON.parse and ProcessRows accept, with the same row; no member is named twice.
 * Cost: O(bytes).
 */

import {
  LARGEST_EXIT_STATUS,
  LARGEST_NUMBER,
  LONGEST_COMM,
  LONGEST_NAMESPACE_ID,
  MOST_LEVELS,
} from '../field-limits.ts';
import { type ExpectedText, expectedText, standsAt } from './expected-text.ts';
import {
  BACKSLASH,
  BRACE,
  BRACE_END,
  BRACKET,
  BRACKET_END,
  COLON,
  COMMA,
  isSpace,
  POINT,
  QUOTE,
  SMALL_E,
  ZERO,
} from './json-bytes.ts';
import type { CheckedProcess } from './process-rows.ts';

export class ProcessScanner {
  /** Where it reads on. */
  at: number;
  /** The process read last, until the next is. */
  readonly found: CheckedProcess = {
    ...{ pid: 0, ppid: 0, pgid: 0, sid: 0, state: undefined, childSubreaper: undefined, pidns: undefined },
    ...{ nspid: undefined, nspgid: undefined, nssid: undefined, threads: undefined, caba: undefined },
    ...{ exitStatus: undefined, startTime: undefined, birthOrder: undefined, comm: undefined },
  };
  members = 0;
  private readonly bytes: Buffer;
  private readonly view: DataView;
  private readonly vectors: readonly number[][] = [[], [], [], []];
  /** The field that came after each one before, and first of all. */
  private readonly following = FIRST_ORDER.slice();
  /** The last text of the fields that have one. */
  private readonly texts = ['', ''];

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  /** Goes beyond the byte if it is the next one that is no space. */
  isNext(byte: number): boolean {
    const { bytes } = this;
    if (bytes[this.at] !== byte) {
      this.skipSpace();
      if (bytes[this.at] !== byte) return false;
    }
    this.at++;
    return true;
  }

  private skipSpace(): void {
    const { bytes } = this;
    let { at } = this;
    while (isSpace(bytes[at])) at++;
    this.at = at;
  }

  /** Reads a process of usual fields. */
  process(): boolean {
    const { bytes, found } = this;
    found.state = found.childSubreaper = found.pidns = found.nspid = found.nspgid = found.nssid = undefined;
    found.threads = found.caba = found.exitStatus = undefined;
    found.startTime = found.birthOrder = found.comm = undefined;
    let seen = 0;
    let members = 0;
    let field = -1;
    do {
      field = this.name(field);
      if (field < 0 || (seen & (1 << field)) !== 0 || !this.value(field)) return false;
      seen |= 1 << field;
      members++;
    } while (bytes[this.at] === COMMA || !this.isNext(BRACE_END));
    this.members = members;
    return (seen & REQUIRED) === REQUIRED;
  }

  /**
   * Reads what stands before a value: brace or comma, a field's name and its colon.
   * @param previous the field before, −1 where there is none
   * @returns its place in FIELD_NAMES; −1: it is none of them
   */
  private name(previous: number): number {
    // Images write the members of each process in one order, mostly without spaces.
    const expected = this.following[previous + 1]!;
    const before = previous < 0 ? FIRST[expected]! : NEXT[expected]!;
    return this.isText(before) ? expected : this.otherName(previous);
  }

  /** Apart, since who has a closure costs some memory at each call. */
  private otherName(previous: number): number {
    if (!this.isNext(previous < 0 ? BRACE : COMMA) || !this.isNext(QUOTE)) return -1;
    const field = NAMES.findIndex((name) => this.isText(name));
    if (field < 0 || !this.isNext(COLON)) return -1;
    this.following[previous + 1] = field;
    return field;
  }

  private value(field: number): boolean {
    const { found } = this;
    switch (field) {
      case PID:
        found.pid = this.integer(LARGEST_NUMBER);
        return found.pid >= 1;
      case PPID:
        found.ppid = this.integer(LARGEST_NUMBER);
        return found.ppid >= 0;
      case PGID:
        found.pgid = this.integer(LARGEST_NUMBER);
        return found.pgid >= 0;
      case SID:
        found.sid = this.integer(LARGEST_NUMBER);
        return found.sid >= 0;
      case CABA:
        found.caba = this.integer(LARGEST_NUMBER);
        return found.caba >= 0;
      case EXIT_STATUS:
        found.exitStatus = this.integer(LARGEST_EXIT_STATUS);
        return found.exitStatus >= 0;
      case START_TIME:
        found.startTime = this.integer(Number.MAX_SAFE_INTEGER);
        return found.startTime >= 0;
      case BIRTH_ORDER:
        found.birthOrder = this.integer(Number.MAX_SAFE_INTEGER);
        return found.birthOrder >= 0;
      case STATE:
        found.state = this.isWord(ALIVE) ? 'alive' : this.isWord(ZOMBIE) ? 'zombie' : undefined;
        return found.state !== undefined;
      case CHILD_SUBREAPER:
        found.childSubreaper = this.isWord(FALSE) ? false : this.isWord(TRUE) ? true : undefined;
        return found.childSubreaper !== undefined;
      case COMM:
        found.comm = this.text(0);
        return found.comm !== undefined;
      case PIDNS:
        found.pidns = this.text(1);
        return found.pidns !== undefined && found.pidns !== '';
      case NSPID:
        found.nspid = this.numbers(0, 1, MOST_LEVELS);
        return found.nspid !== undefined;
      case NSPGID:
        found.nspgid = this.numbers(1, 0, MOST_LEVELS);
        return found.nspgid !== undefined;
      case NSSID:
        found.nssid = this.numbers(2, 0, MOST_LEVELS);
        return found.nssid !== undefined;
      default:
        found.threads = this.numbers(3, 1, MOST_THREADS);
        return found.threads !== undefined;
    }
  }

  /** −1: none, or a larger one, or one that is not written as such. */
  private integer(largest: number): number {
    const { bytes } = this;
    if (bytes[this.at]! < ZERO) this.skipSpace();
    const begin = this.at;
    let at = begin;
    let value = 0;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO)
      value = value * 10 + digit;
    const length = at - begin;
    if (length === 0 || length > MOST_DIGITS || value > largest) return -1;
    if (length > 1 && bytes[begin] === ZERO) return -1;
    const next = bytes[at]!;
    if (next === POINT || (next | 32) === SMALL_E) return -1;
    this.at = at;
    return value;
  }

  /** @param place of the array that takes them, which the next process gets too */
  private numbers(place: number, least: number, most: number): number[] | undefined {
    if (!this.isNext(BRACKET)) return undefined;
    const vector = this.vectors[place]!;
    let length = 0;
    do {
      const number = this.integer(LARGEST_NUMBER);
      if (number < least || length === most) return undefined;
      vector[length++] = number;
    } while (this.isNext(COMMA));
    vector.length = length;
    return this.isNext(BRACKET_END) ? vector : undefined;
  }

  /** Goes beyond the text if it is next, after spaces or none. */
  private isWord(expected: ExpectedText): boolean {
    if (this.isText(expected)) return true;
    this.skipSpace();
    return this.isText(expected);
  }

  /** Goes beyond the text if it is next, without a space before it. */
  private isText(expected: ExpectedText): boolean {
    if (!standsAt(this.view, this.at, expected)) return false;
    this.at += expected.length;
    return true;
  }

  /**
   * Of printable ASCII without escapes, as long as any text may be.
   * @param place of the text before, which is the same for many processes that follow each other
   */
  private text(place: number): string | undefined {
    if (!this.isNext(QUOTE)) return undefined;
    const { bytes, at } = this;
    const before = this.texts[place]!;
    let end = at;
    let same = 0;
    for (let byte = bytes[end]!; byte !== QUOTE; byte = bytes[++end]!) {
      if (!(byte >= 0x20 && byte < 0x7f) || byte === BACKSLASH) return undefined;
      if (byte === before.charCodeAt(end - at)) same++;
    }
    const length = end - at;
    if (length > SHORT_TEXT) return undefined;
    this.at = end + 1;
    if (same === length && length === before.length) return before;
    const text = bytes.toString('latin1', at, end);
    this.texts[place] = text;
    return text;
  }
}

/** Those that every process has come first. */
const FIELD_NAMES = [
  ...['pid', 'ppid', 'pgid', 'sid', 'state', 'childSubreaper', 'pidns', 'nspid', 'nspgid', 'nssid'],
  ...['caba', 'exitStatus', 'startTime', 'birthOrder', 'comm', 'threads'],
];
/** Names with the quote that ends them. */
const NAMES = FIELD_NAMES.map((name) => expectedText(`${name}"`));
/** As most images write them, up to the value: of the first member of a process, and of others. */
const FIRST = FIELD_NAMES.map((name) => expectedText(`{"${name}":`));
const NEXT = FIELD_NAMES.map((name) => expectedText(`,"${name}":`));
const [PID, PPID, PGID, SID, STATE, CHILD_SUBREAPER, PIDNS, NSPID, NSPGID, NSSID] = NAMES.keys();
const [CABA, EXIT_STATUS, START_TIME, BIRTH_ORDER, COMM] = [10, 11, 12, 13, 14];
const REQUIRED = 0b1111;

/** As the fields stand above. */
const FIRST_ORDER = [...NAMES.keys(), 0];

const ALIVE = expectedText('"alive"');
const ZOMBIE = expectedText('"zombie"');
const TRUE = expectedText('true');
const FALSE = expectedText('false');

/** Numbers of more digits may be none that a double holds. */
const MOST_DIGITS = 15;
/** No text of an image may be longer than this in any field. */
const SHORT_TEXT = Math.min(LONGEST_COMM, LONGEST_NAMESPACE_ID);
const MOST_THREADS = 1 << 20;
