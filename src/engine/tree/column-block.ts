/**
 * Column block: memory for columns that live and die together.
 *
 * In: a size. Out: typed arrays that are views of one piece of memory, all 0. A typed array of its own costs a call of
 * the allocator when it is made and another, on another thread, when it is collected; a view costs neither.
 * Small blocks lie side by side in a piece that goes when the last of them does: a plan of a hundred processes has some
 * twenty columns and blocks that outlive their function, a microsecond or two each with memory of its own.
 * Invariant: views do not overlap; a size is at least the sum of `columnSize` of what is taken. Nobody transfers the
 * memory of a view.
 * Cost: O(1) a view, O(size) for the block.
 */

const ALIGNMENT = 8;
const PIECE = 1 << 16;
const SMALL = 1 << 13;

let piece = new ArrayBuffer(0);
let pieceUsed = 0;

/** Bytes that a column takes from a block. Not by bits, which end at 2 GiB. */
export function columnSize(length: number, bytesPerElement: number): number {
  return ALIGNMENT * Math.ceil((length * bytesPerElement) / ALIGNMENT);
}

export class ColumnBlock {
  private readonly memory: ArrayBuffer;
  private used = 0;
  private readonly end: number;

  constructor(size: number) {
    if (size > SMALL) {
      this.memory = new ArrayBuffer(size);
      this.end = size;
      return;
    }
    if (pieceUsed + size > piece.byteLength) {
      piece = new ArrayBuffer(PIECE);
      pieceUsed = 0;
    }
    this.memory = piece;
    this.used = pieceUsed;
    this.end = pieceUsed + size;
    pieceUsed += columnSize(size, 1);
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
    if (at + length * bytesPerElement > this.end) throw new RangeError('The block is too small.');
    return at;
  }
}

/** A column alone, all `value`. */
export function lastingInt32s(length: number, value = 0): Int32Array {
  const column = new ColumnBlock(columnSize(length, 4)).int32s(length);
  return value === 0 ? column : column.fill(value);
}
