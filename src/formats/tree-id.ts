/**
 * The id of a tree: a hash of its canonical content, independent of the form and the order of the upload.
 *
 * In: a canonical tree. Out: SHA-256 in hexadecimal. Everything that an image can say is content; what it leaves open
 * differs from what it says. Numbers are hashed little-endian on every machine. Small contents are copied together and
 * hashed by one call: for them the calls cost more than the bytes.
 */
import { createHash, hash } from 'node:crypto';
import { endianness } from 'node:os';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import type { Sharing } from '../engine/tree/sharing.ts';

/** Begins the hashed content; a new layout needs a new one. */
const LAYOUT = 'regraft tree 1\n';

/** Bytes up to which copying is cheaper than a call a column. */
const SMALL = 64 * 1024;

export function treeId(tree: ProcessTree): string {
  const parts = contentOf(tree);
  let length = 0;
  for (const part of parts) length += part.length;
  if (length <= SMALL) return hash('sha256', Buffer.concat(parts, length));
  const whole = createHash('sha256');
  for (const part of parts) whole.update(part);
  return whole.digest('hex');
}

function contentOf(tree: ProcessTree): Uint8Array[] {
  const namespaces = tree.namespaces.map(({ id, parent, level, init }) => [id, parent, level, init]);
  const parts: Uint8Array[] = [Buffer.from(`${LAYOUT}${JSON.stringify(namespaces)}\n`)];
  for (const column of [tree.pid, tree.parent, tree.pgid, tree.sid, tree.exitStatus, tree.namespace]) {
    addNumbers(parts, column);
  }
  addBytes(parts, tree.state);
  addBytes(parts, tree.subreaper);
  addNumbers(parts, tree.threadOffset);
  addNumbers(parts, tree.threadId);
  for (const column of [
    tree.levels?.offset,
    tree.levels?.pid,
    tree.levels?.pgid,
    tree.levels?.sid,
    tree.caba,
  ]) {
    addNumbers(parts, column ?? null);
  }
  addQuantities(parts, tree.birthOrder);
  addQuantities(parts, tree.startTime);
  addBytes(parts, tree.comm && Buffer.from(JSON.stringify(tree.comm.map((comm) => comm ?? null)), 'utf8'));
  if (tree.sharing) addSharing(parts, tree.sharing);
  if (tree.forChildren) {
    parts.push(Buffer.from('for children\n'));
    addNumbers(parts, tree.forChildren);
  }
  return parts;
}

/** Images without these fields have the ids that they had before there were any. */
function addSharing(parts: Uint8Array[], sharing: Sharing): void {
  parts.push(Buffer.from('sharing\n'));
  for (const column of sharing.classes) addNumbers(parts, column);
  addBytes(parts, sharing.exitSignal);
  for (const column of [sharing.terminal, sharing.threadFiles, sharing.threadFs]) addNumbers(parts, column);
}

/** A column is preceded by its length in bytes, −1 where the image leaves it out altogether. */
function addBytes(parts: Uint8Array[], bytes: Uint8Array | null): void {
  const length = Buffer.allocUnsafe(8);
  length.writeDoubleLE(bytes?.length ?? -1);
  parts.push(length);
  if (bytes !== null) parts.push(bytes);
}

function addNumbers(parts: Uint8Array[], column: Int32Array | null): void {
  addBytes(parts, column && littleEndian(column, 4));
}

/** NaN has several bit patterns; unknown is −1 here, which no quantity is. */
function addQuantities(parts: Uint8Array[], column: Float64Array | null): void {
  addBytes(
    parts,
    column &&
      littleEndian(
        column.map((value) => (Number.isNaN(value) ? -1 : value)),
        8,
      ),
  );
}

function littleEndian(column: Int32Array | Float64Array, width: 4 | 8): Uint8Array {
  const bytes = Buffer.from(column.buffer, column.byteOffset, column.byteLength);
  if (LITTLE) return bytes;
  const copy = Buffer.from(bytes);
  return width === 4 ? copy.swap32() : copy.swap64();
}

const LITTLE = endianness() === 'LE';
