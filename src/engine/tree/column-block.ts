/**
 * Column block: memory for columns that live and die together.
 *
 * In: a size. Out: typed arrays that are views of one piece of memory, all 0. A typed array of its own costs a call of
 * the allocator when it is made and another, on another thread, when it is collected; a view costs neither.
 * Invariant: views do not overlap; a size is at least the sum of `columnSize` of what is taken.
 * Cost: O(1) a view, O(size) for the block.
 */

const ALIGNMENT = 8;

/** Bytes that a column takes from a block. Not by bits, which end at 2 GiB. */
export function columnSize(length: number, bytesPerElement: number): number {
  return ALIGNMENT * Math.ceil((length * bytesPerElement) / ALIGNMENT);
}

export class ColumnBlock {
  private readonly memory: ArrayBuffer;
  private used = 0;

  constructor(size: number) {
    this.memory = new ArrayBuffer(size);
  }

  int32s(length: number): Int32Array {
    return new Int32Array(this.memory, this.take(length, 4), length);
  }

  bytes(length: number): Uint8Array {
    return new Uint8Array(this.memory, this.take(length, 1), length);
  }

  private take(length: number, bytesPerElement: number): number {
    const at = this.used;
    this.used = at + columnSize(length, bytesPerElement);
    return at;
  }
}
