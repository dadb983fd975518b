/**
 * A tar without the maps of its sparse members.
 *
 * GNU tar writes a file with holes as a member of type S, whose map of holes may go on in blocks after the header. The
 * library that takes the tar apart does not know them and would read the file's content as the next header. Holes are
 * never looked at: image files have none, so that dropping these blocks is enough to pass over the member.
 *
 * In: a decoded stream. Out: the same, less these blocks. What is no tar, or is damaged, passes unchanged.
 * Memory: a header, and a pax header of a few records, at a time.
 */
import type { ByteStream } from '../byte-stream.ts';

const BLOCK = 512;
const TYPE_AT = 156;
const SIZE_AT = 124;
/** Flags "the map goes on": in the header, and in each block of the map. */
const GOES_ON_IN_HEADER = 482;
const GOES_ON_IN_MAP = 504;
/** Pax headers that are looked into for a size; larger ones have none. */
const PAX_LENGTH = 64 * 1024;

export async function* withoutSparseMaps(source: ByteStream): ByteStream {
  const walk = new TarWalk();
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const { length, dropped } = walk.take(chunk.subarray(at));
      if (!dropped) yield chunk.subarray(at, at + length);
      at += length;
    }
  }
}

type Where = 'header' | 'map' | 'content' | 'pax' | 'lost';

class TarWalk {
  private where: Where = 'header';
  /** Bytes of the header, map block or pax header so far. */
  private readonly collected = new Uint8Array(PAX_LENGTH);
  private have = 0;
  private wanted = BLOCK;
  /** Content to pass over. */
  private left = 0;
  private paxSize: number | null = null;
  private sizeAfterMap = 0;

  /** How many of these bytes belong together, and whether they are of a map. */
  take(bytes: Uint8Array): { length: number; dropped: boolean } {
    const { where } = this;
    if (where === 'lost') return { length: bytes.length, dropped: false };
    if (where === 'content') {
      const length = Math.min(this.left, bytes.length);
      this.left -= length;
      if (this.left === 0) this.expect('header', BLOCK);
      return { length, dropped: false };
    }
    const length = Math.min(this.wanted - this.have, bytes.length);
    this.collected.set(bytes.subarray(0, length), this.have);
    this.have += length;
    if (this.have === this.wanted) this.read(where);
    return { length, dropped: where === 'map' };
  }

  private read(where: Where): void {
    if (where === 'header') this.readHeader();
    else if (where === 'pax') {
      this.paxSize = sizeInPax(this.collected.subarray(0, this.wanted));
      this.expect('header', BLOCK);
    } else if (this.collected[GOES_ON_IN_MAP] === 1) this.expect('map', BLOCK);
    else this.pass(this.sizeAfterMap);
  }

  private readHeader(): void {
    const header = this.collected.subarray(0, BLOCK);
    const type = String.fromCharCode(header[TYPE_AT]!);
    const stated = sizeInHeader(header);
    if (stated === null) {
      this.expect('lost', 0);
      return;
    }
    if (type === 'x' && filled(stated) <= PAX_LENGTH && stated > 0) {
      this.expect('pax', filled(stated));
      return;
    }
    const isPrefix = PREFIX_TYPES.includes(type);
    const size = isPrefix ? stated : (this.paxSize ?? stated);
    if (!isPrefix) this.paxSize = null;
    if (type === 'S' && header[GOES_ON_IN_HEADER] === 1) {
      this.sizeAfterMap = size;
      this.expect('map', BLOCK);
    } else this.pass(type === '5' ? 0 : size);
  }

  private pass(size: number): void {
    this.left = filled(size);
    if (this.left === 0) this.expect('header', BLOCK);
    else this.where = 'content';
  }

  private expect(where: Where, wanted: number): void {
    this.where = where;
    this.wanted = wanted;
    this.have = 0;
  }
}

/** Headers that speak of the next one: pax, global pax, long names. */
const PREFIX_TYPES = 'xgLK';

function filled(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/** Octal digits, or a binary number where the first bit is set. Null: neither. */
function sizeInHeader(header: Uint8Array): number | null {
  const field = header.subarray(SIZE_AT, SIZE_AT + 12);
  if ((field[0]! & 0x80) !== 0) {
    const size = field.subarray(1).reduce((number, byte) => number * 256 + byte, 0);
    return Number.isSafeInteger(size) ? size : null;
  }
  const digits = Buffer.from(field)
    .toString('latin1')
    .replace(/[\0 ].*$/s, '')
    .trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : null;
}

function sizeInPax(records: Uint8Array): number | null {
  const found = /(?:^|\n)\d+ size=(\d{1,15})\n/.exec(Buffer.from(records).toString('latin1'));
  return found ? Number(found[1]) : null;
}
