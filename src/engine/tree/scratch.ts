/**
 * Scratch columns: typed arrays that live no longer than one planning.
 *
 * A plan of a hundred processes takes some two hundred short-lived columns, and making a typed array costs ten times
 * as much as a view of memory that is there. Within `withScratch` columns are views of large blocks, given back all at
 * once; outside of it they are arrays of their own.
 * Large columns have memory of their own. New pages cost far more than clearing old ones (docs/architecture.md), so
 * the memory of a scope that has ended serves later columns, and some megabytes of it those of later outermost scopes.
 * Invariant: nothing made by the functions below inside `withScratch` is used after it returns. Calls nest.
 * Cost: O(length) to clear a column.
 */

const BLOCK_SIZE = 1 << 20;
/** Bytes from which a column has memory of its own. */
const LARGE = 1 << 15;
/** Bytes of large columns that are kept where no scope is open: those of a planning of some ten thousand processes. */
const KEPT = 1 << 24;

/** The first lasts; those after it serve an outermost scope whose small columns do not fit into one. */
const blocks = [new ArrayBuffer(BLOCK_SIZE)];
let block = blocks[0]!;
let blockAt = 0;
let used = 0;
let depth = 0;
/** Memory of the large columns of open scopes, and of ended ones. */
const lent: ArrayBuffer[] = [];
let spare: ArrayBuffer[] = [];

/** Runs `work` with scratch columns; what it returns must not hold any. */
export function withScratch<T>(work: () => T): T {
  const usedBefore = used;
  const blockBefore = blockAt;
  const lentBefore = lent.length;
  depth++;
  try {
    return work();
  } finally {
    depth--;
    used = usedBefore;
    blockAt = blockBefore;
    block = blocks[blockAt]!;
    while (lent.length > lentBefore) spare.push(lent.pop()!);
    if (depth === 0) {
      blocks.length = 1;
      spare = lastKept(spare);
    }
  }
}

/** Of these the last ones, as many as are kept. */
function lastKept(memories: readonly ArrayBuffer[]): ArrayBuffer[] {
  const kept: ArrayBuffer[] = [];
  let left = KEPT;
  for (let i = memories.length - 1; i >= 0; i--) {
    const memory = memories[i]!;
    if (memory.byteLength > left) continue;
    left -= memory.byteLength;
    kept.push(memory);
  }
  return kept.reverse();
}

/** A column of 32-bit integers, all `value`. */
export function int32s(length: number, value = 0): Int32Array {
  const size = length * 4;
  if (depth === 0) return value === 0 ? new Int32Array(length) : new Int32Array(length).fill(value);
  if (size >= LARGE) {
    const recycled = spareOf(size);
    const column = new Int32Array(recycled ?? newMemory(size), 0, length);
    return recycled === null && value === 0 ? column : column.fill(value);
  }
  const at = placeFor(size);
  return new Int32Array(block, at, length).fill(value);
}

/** A column of bytes, all 0. */
export function bytes(length: number): Uint8Array {
  if (depth === 0) return new Uint8Array(length);
  if (length >= LARGE) {
    const recycled = spareOf(length);
    return recycled === null
      ? new Uint8Array(newMemory(length))
      : new Uint8Array(recycled, 0, length).fill(0);
  }
  const at = placeFor(length);
  return new Uint8Array(block, at, length).fill(0);
}

/** A column of floating-point numbers, all `value`. */
export function float64s(length: number, value = 0): Float64Array {
  const size = length * 8;
  if (depth === 0) return new Float64Array(length).fill(value);
  if (size >= LARGE) return new Float64Array(spareOf(size) ?? newMemory(size), 0, length).fill(value);
  const at = placeFor(size);
  return new Float64Array(block, at, length).fill(value);
}

/** A copy of the first `length` integers. */
export function copyOf(column: Int32Array, length = column.length): Int32Array {
  const size = length * 4;
  if (depth === 0) return column.slice(0, length);
  let copy: Int32Array;
  if (size >= LARGE) copy = new Int32Array(spareOf(size) ?? newMemory(size), 0, length);
  else {
    const at = placeFor(size);
    copy = new Int32Array(block, at, length);
  }
  copy.set(length === column.length ? column : column.subarray(0, length));
  return copy;
}

/** Where a small column begins, in the block that is `block` from then on. */
function placeFor(size: number): number {
  if (used + size > BLOCK_SIZE) {
    blockAt++;
    if (blockAt === blocks.length) blocks.push(new ArrayBuffer(BLOCK_SIZE));
    block = blocks[blockAt]!;
    used = 0;
  }
  const at = used;
  used += (size + 7) & ~7;
  return at;
}

/** Memory of an ended scope, at most twice as large as asked for; what it holds is old. */
function spareOf(size: number): ArrayBuffer | null {
  for (let i = spare.length - 1; i >= 0; i--) {
    const memory = spare[i]!;
    if (memory.byteLength < size || memory.byteLength > size * 2) continue;
    spare[i] = spare.at(-1)!;
    spare.pop();
    lent.push(memory);
    return memory;
  }
  return null;
}

function newMemory(size: number): ArrayBuffer {
  const memory = new ArrayBuffer(size);
  lent.push(memory);
  return memory;
}
