/**
 * Record memory: the bytes of small records that are kept for a while, side by side in large pieces.
 *
 * In: bytes. Out: a copy of them at a multiple of 8, in one piece with what was kept just before. Thousands of small
 * buffers that stay, each where there was room, leave the allocator only gaps for those that come and go: planning
 * trees of a hundred processes took an eighth longer beside them.
 * Invariant: a piece lives as long as anything in it; whoever keeps records in one memory drops them together.
 * Cost: a copy; what is longer than LONG is not copied and stays where it is.
 */

const PIECE = 256 * 1024;
const LONG = 16 * 1024;

export class RecordMemory {
  private piece = new Uint8Array(0);
  private used = 0;

  keep(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length > LONG) return bytes;
    if (this.used + length > this.piece.length) {
      this.piece = new Uint8Array(PIECE);
      this.used = 0;
    }
    const kept = this.piece.subarray(this.used, this.used + length);
    kept.set(bytes);
    this.used += (length + 7) & ~7;
    return kept;
  }
}
