/**
 * Scratch columns: typed arrays that live no longer than one planning.
 *
 * A plan of a hundred processes takes some two hundred short-lived columns, and making a typed array costs ten times
 * as much as a view of memory that is there. Within `withScratch` columns are views of one block, given back all at
 * once; outside of it, and for columns that are large anyway, they are arrays of their own.
 * Invariant: nothing made by int32s, bytes or copyOf inside `withScratch` is used after it returns. Calls nest.
 * Cost: O(length) to clear a column.
 */

const BLOCK = new ArrayBuffer(1 << 20);
/** Bytes from which an array of its own is no dearer. */
const LARGE = 1 << 15;

let used = 0;
let depth = 0;

/** Runs `work` with scratch columns; what it returns must not hold any. */
export function withScratch<T>(work: () => T): T {
  const before = used;
  depth++;
  try {
    return work();
  } finally {
    depth--;
    used = before;
  }
}

/** A column of 32-bit integers, all `value`. */
export function int32s(length: number, value = 0): Int32Array {
  const size = length * 4;
  if (depth === 0 || size >= LARGE || used + size > BLOCK.byteLength) {
    const column = new Int32Array(length);
    return value === 0 ? column : column.fill(value);
  }
  const column = new Int32Array(BLOCK, used, length);
  used += (size + 7) & ~7;
  return column.fill(value);
}

/** A column of bytes, all 0. */
export function bytes(length: number): Uint8Array {
  if (depth === 0 || length >= LARGE || used + length > BLOCK.byteLength) return new Uint8Array(length);
  const column = new Uint8Array(BLOCK, used, length);
  used += (length + 7) & ~7;
  return column.fill(0);
}

/** A copy of the first `length` integers. */
export function copyOf(column: Int32Array, length = column.length): Int32Array {
  const size = length * 4;
  if (depth === 0 || size >= LARGE || used + size > BLOCK.byteLength) return column.slice(0, length);
  const copy = new Int32Array(BLOCK, used, length);
  used += (size + 7) & ~7;
  copy.set(length === column.length ? column : column.subarray(0, length));
  return copy;
}

export function int32sOf(numbers: readonly number[]): Int32Array {
  const column = int32s(numbers.length);
  for (let i = 0; i < numbers.length; i++) column[i] = numbers[i]!;
  return column;
}
