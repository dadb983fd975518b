/** The build id of an ELF file: the note of type 3 that the name GNU owns, in its first note segments. */

const NOTE_SEGMENT = 4;
const BUILD_ID = 3;
const MOST_SEGMENTS = 100;

/** @param head the first bytes of the file. @returns hexadecimal; null where there is none within them */
export function buildIdOf(head: Buffer): string | null {
  if (head.length < 64 || head.readUInt32BE(0) !== 0x7f454c46 || head[5] !== 1) return null;
  const wide = head[4] === 2;
  const table = wide ? Number(head.readBigUInt64LE(32)) : head.readUInt32LE(28);
  const size = head.readUInt16LE(wide ? 54 : 42);
  const count = Math.min(head.readUInt16LE(wide ? 56 : 44), MOST_SEGMENTS);
  for (let i = 0; i < count; i++) {
    const at = table + i * size;
    if (at + size > head.length || size < 32) return null;
    if (head.readUInt32LE(at) !== NOTE_SEGMENT) continue;
    const offset = wide ? Number(head.readBigUInt64LE(at + 8)) : head.readUInt32LE(at + 4);
    const length = wide ? Number(head.readBigUInt64LE(at + 32)) : head.readUInt32LE(at + 16);
    const found = noteIn(head.subarray(offset, offset + length));
    if (found !== null) return found;
  }
  return null;
}

function noteIn(notes: Buffer): string | null {
  for (let at = 0; at + 12 <= notes.length; ) {
    const nameLength = notes.readUInt32LE(at);
    const length = notes.readUInt32LE(at + 4);
    const name = at + 12;
    const body = name + 4 * Math.ceil(nameLength / 4);
    if (notes.readUInt32LE(at + 8) === BUILD_ID && notes.toString('latin1', name, name + 4) === 'GNU\0') {
      return body + length <= notes.length ? notes.toString('hex', body, body + length) : null;
    }
    at = body + 4 * Math.ceil(length / 4);
  }
  return null;
}
