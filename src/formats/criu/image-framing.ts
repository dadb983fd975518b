/**
 * The framing of CRIU image files: magic numbers, then entries of a 32-bit length and that many bytes, little-endian.
 *
 * In: the bytes of one file. Out: its entries with their offsets, or the offset where it stops being an image; and back.
 * Memory: no entry is longer than LARGEST_ENTRY, so that what a message decodes to stays small: a thread of two bytes
 * becomes an object of a hundred.
 */
import { type ReadError, readError } from '../read-error.ts';

export const COMMON_MAGIC = 0x54564319;

export const TYPE_MAGIC = {
  pstree: 0x50273030,
  core: 0x55053847,
  ids: 0x54432030,
  inventory: 0x58313116,
  ns: 0x44293409,
} as const;
export type ImageKind = keyof typeof TYPE_MAGIC;

/** A file taken apart. */
export interface ImageFile {
  /** One word, or the common one and the kind's. */
  readonly magic: Uint8Array;
  readonly entries: readonly Uint8Array[];
}

export interface FramedEntry {
  readonly body: Uint8Array;
  readonly offset: number;
}

export function imageEntries(file: string, kind: ImageKind, bytes: Uint8Array): Generator<FramedEntry> {
  return framedEntries(file, kind, TYPE_MAGIC[kind], bytes);
}

/** @param kind for people */
export function* framedEntries(
  file: string,
  kind: string,
  typeMagic: number,
  bytes: Uint8Array,
): Generator<FramedEntry> {
  const reading = new Framing(file, bytes);
  const magic = reading.magic();
  if (magic !== typeMagic) {
    const found = `0x${magic.toString(16).padStart(8, '0')}`;
    throw readError(400, 'IMAGE_MAGIC', `${file} is no ${kind} image: its magic number is ${found}.`, {
      file,
      offset: reading.at - WORD,
    });
  }
  while (reading.at < bytes.length) {
    const offset = reading.at;
    const body = reading.entry();
    if (body.length > LARGEST_ENTRY) {
      const message = `${file} has an entry of ${body.length} bytes; ${LARGEST_ENTRY} is the limit.`;
      throw readError(413, 'LIMIT_EXCEEDED', message, { file, offset });
    }
    yield { body, offset };
  }
}

/** A file taken apart, whatever kind it is and however long its entries are. @throws ReadError where it is cut off */
export function imageFile(file: string, bytes: Uint8Array): ImageFile {
  const reading = new Framing(file, bytes);
  reading.magic();
  const magic = bytes.subarray(0, reading.at);
  const entries: Uint8Array[] = [];
  while (reading.at < bytes.length) entries.push(reading.entry());
  return { magic, entries };
}

/** A file as far as it has been read. */
class Framing {
  at = 0;
  private readonly file: string;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(file: string, bytes: Uint8Array) {
    this.file = file;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The kind's own: most have the common one before it, the inventory and very old images do not. */
  magic(): number {
    const magic = this.word('The magic number');
    return magic === COMMON_MAGIC ? this.word('The magic number') : magic;
  }

  entry(): Uint8Array {
    const offset = this.at;
    const length = this.word('The length of an entry');
    const left = this.bytes.length - this.at;
    if (length > left) throw truncated(this.file, offset, `an entry says ${length} bytes, ${left} are left`);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private word(what: string): number {
    if (this.at + WORD > this.bytes.length) throw truncated(this.file, this.at, `${what} is cut off`);
    this.at += WORD;
    return this.view.getUint32(this.at - WORD, true);
  }
}

/** The bytes of a file: its magic words, then its entries. */
export function imageBytes({ magic, entries }: ImageFile): Uint8Array {
  const parts = [magic];
  for (const entry of entries) parts.push(bytesOfWords([entry.length]), entry);
  return Buffer.concat(parts);
}

export function magicOf(typeMagic: number): Uint8Array {
  return bytesOfWords([COMMON_MAGIC, typeMagic]);
}

/** Words of 32 bits, little-endian. */
export function bytesOfWords(words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(WORD * words.length);
  words.forEach((word, i) => {
    bytes.writeUInt32LE(word >>> 0, WORD * i);
  });
  return bytes;
}

const WORD = 4;
/** A process with 800,000 threads needs as much. */
const LARGEST_ENTRY = 4 * 2 ** 20;

function truncated(file: string, offset: number, what: string): ReadError {
  return readError(400, 'IMAGE_TRUNCATED', `${file} is truncated: ${what}.`, { file, offset });
}
