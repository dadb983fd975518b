/**
 * The id of a tree: a hash of its canonical content, independent of the form and the order of the upload.
 *
 * In: a canonical tree. Out: SHA-256 in hexadecimal. Everything that an image can say is content; what it leaves open
 * differs from what it says. Numbers are hashed little-endian on every machine.
 */
import { createHash, type Hash } from 'node:crypto';
import { endianness } from 'node:os';
import type { ProcessTree } from '../engine/tree/process-tree.ts';

/** Begins the hashed content; a new layout needs a new one. */
const LAYOUT = 'regraft tree 1\n';

export function treeId(tree: ProcessTree): string {
  const hash = createHash('sha256').update(LAYOUT);
  const namespaces = tree.namespaces.map(({ id, parent, level, init }) => [id, parent, level, init]);
  hash.update(JSON.stringify(namespaces)).update('\n');
  for (const column of [tree.pid, tree.parent, tree.pgid, tree.sid, tree.exitStatus, tree.namespace]) {
    addNumbers(hash, column);
  }
  addBytes(hash, tree.state);
  addBytes(hash, tree.subreaper);
  addNumbers(hash, tree.threadOffset);
  addNumbers(hash, tree.threadId);
  for (const column of [
    tree.levels?.offset,
    tree.levels?.pid,
    tree.levels?.pgid,
    tree.levels?.sid,
    tree.caba,
  ]) {
    addNumbers(hash, column ?? null);
  }
  addQuantities(hash, tree.birthOrder);
  addQuantities(hash, tree.startTime);
  addBytes(hash, tree.comm && Buffer.from(JSON.stringify(tree.comm.map((comm) => comm ?? null)), 'utf8'));
  return hash.digest('hex');
}

/** A column is preceded by its length in bytes, −1 where the image leaves it out altogether. */
function addBytes(hash: Hash, bytes: Uint8Array | null): void {
  const length = Buffer.alloc(8);
  length.writeDoubleLE(bytes?.length ?? -1);
  hash.update(length);
  if (bytes !== null) hash.update(bytes);
}

function addNumbers(hash: Hash, column: Int32Array | null): void {
  addBytes(hash, column && littleEndian(column, 4));
}

/** NaN has several bit patterns; unknown is −1 here, which no quantity is. */
function addQuantities(hash: Hash, column: Float64Array | null): void {
  addBytes(
    hash,
    column &&
      littleEndian(
        column.map((value) => (Number.isNaN(value) ? -1 : value)),
        8,
      ),
  );
}

function littleEndian(column: Int32Array | Float64Array, width: 4 | 8): Uint8Array {
  const bytes = Buffer.from(column.buffer, column.byteOffset, column.byteLength);
  if (endianness() === 'LE') return bytes;
  const copy = Buffer.from(bytes);
  return width === 4 ? copy.swap32() : copy.swap64();
}
