/**
 * Scratch columns: typed arrays that live no longer than one planning.
 *
 * A plan of a hundred processes takes some two hundred short-lived columns, and making a typed array costs ten times
 * as much as a view of memory that is there. Within `withScratch` columns are views of large blocks, given back all at
 * once; outside of it they are arrays of their own.
 * Blocks are taken from one behind the other, like a stack, each larger than the one before: a planning has as much memory
 * as is in use at once, however many columns it makes. New pages cost far more than clearing old ones (docs/architecture.md),
 * so the first blocks outlast it; of a new one nothing is touched before a column has it.
 * Invariant: nothing made by the functions below inside `withScratch` is used after it returns. Calls nest.
 * Cost: O(length) to clear a column.
 */

const SMALLEST_BLOCK = 1 << 20;
/** Blocks of this size come clear from the system, page by page as they are touched; V8 looks for garbage at each 64 MiB or so. */
const USUAL_LARGEST_BLOCK = 1 << 26;
/** Bytes of blocks behind the first that are kept where no scope is open: those of a planning of some ten thousand processes. */
const KEPT = 1 << 24;

const blocks = [new ArrayBuffer(SMALLEST_BLOCK)];
/** By block: from which byte on nobody has written; the first block is not asked. */
const clearFrom = [SMALLEST_BLOCK];
/** Which block columns are taken from, its size, how much of it is taken, and from where on it is clear. */
let blockAt = 0;
let block = blocks[0]!;
let blockSize = SMALLEST_BLOCK;
let used = 0;
let clear = SMALLEST_BLOCK;
let depth = 0;

/** Runs `work` with scratch columns; what it returns must not hold any. */
export function withScratch<T>(work: () => T): T {
  const usedBefore = used;
  const blockBefore = blockAt;
  depth++;
  try {
    return work();
  } finally {
    depth--;
    if (used > clear) clear = used;
    if (blockAt !== blockBefore) enterBlock(blockBefore);
    used = usedBefore;
    if (depth === 0 && blocks.length > 1) keepFirst();
  }
}

/** A column of 32-bit integers, all `value`. */
export function int32s(length: number, value = 0): Int32Array {
  if (depth === 0) return value === 0 ? new Int32Array(length) : new Int32Array(length).fill(value);
  const at = placeFor(length * 4);
  const column = new Int32Array(block, at, length);
  return value === 0 && at >= clear ? column : column.fill(value);
}

/** A column of 32-bit integers that are whatever they are: for who writes each before it reads it. */
export function unsetInt32s(length: number): Int32Array {
  if (depth === 0) return new Int32Array(length);
  const at = placeFor(length * 4);
  return new Int32Array(block, at, length);
}

/** A column of bytes, all 0. */
export function bytes(length: number): Uint8Array {
  if (depth === 0) return new Uint8Array(length);
  const at = placeFor(length);
  const column = new Uint8Array(block, at, length);
  return at >= clear ? column : column.fill(0);
}

/** A column of floating-point numbers, all `value`. */
export function float64s(length: number, value = 0): Float64Array {
  if (depth === 0) return new Float64Array(length).fill(value);
  const at = placeFor(length * 8);
  return new Float64Array(block, at, length).fill(value);
}

/** A copy of the first `length` integers. */
export function copyOf(column: Int32Array, length = column.length): Int32Array {
  if (depth === 0) return column.slice(0, length);
  const at = placeFor(length * 4);
  const copy = new Int32Array(block, at, length);
  copy.set(length === column.length ? column : column.subarray(0, length));
  return copy;
}

/** Takes the place of a column: where it begins, in the block that is `block` from then on. */
function placeFor(size: number): number {
  if (used + size > blockSize) openBlock(size);
  const at = used;
  used = at + roundedUp(size);
  return at;
}

/** To a multiple of eight; not by bits alone, which end at 2 GiB. */
function roundedUp(size: number): number {
  return size + (-size & 7);
}

/** The next block that is large enough. */
function openBlock(size: number): void {
  let next = blockAt + 1;
  while (next < blocks.length && blocks[next]!.byteLength < size) next++;
  if (next === blocks.length) {
    const usual = Math.min(2 * blocks[next - 1]!.byteLength, USUAL_LARGEST_BLOCK);
    blocks.push(new ArrayBuffer(Math.max(usual, roundedUp(size))));
    clearFrom.push(0);
  }
  if (used > clear) clear = used;
  enterBlock(next);
  used = 0;
}

function enterBlock(at: number): void {
  clearFrom[blockAt] = clear;
  blockAt = at;
  block = blocks[at]!;
  blockSize = block.byteLength;
  clear = clearFrom[at]!;
}

/** Where no scope is open: the first block, and of the others as many as are kept. */
function keepFirst(): void {
  let kept = 1;
  for (let left = KEPT; kept < blocks.length && blocks[kept]!.byteLength <= left; kept++)
    left -= blocks[kept]!.byteLength;
  blocks.length = kept;
  clearFrom.length = kept;
}
