/**
 * The records used last, bounded by their bytes: what a client just posted is what it reads next.
 *
 * Two generations: what is used gets into the younger one, and when that has half of the bytes it becomes the older
 * one, and the older is dropped. So a record lasts at least until half of the bytes came after its last use, and
 * finding one again writes nothing. The bytes of each generation lie in a memory of their own, which goes with it.
 */

import { RecordMemory } from './record-memory.ts';

export class RecentRecords<T> {
  private younger = new Map<string, T>();
  private older = new Map<string, T>();
  private youngerBytes = 0;
  private memory = new RecordMemory();
  private readonly halfBytes: number;
  private readonly sizeOf: (record: T) => number;
  private readonly kept: (record: T, memory: RecordMemory) => T;

  /**
   * @param maxBytes a record of more than half of it is not kept
   * @param kept the record with its bytes in that memory
   */
  constructor(
    maxBytes: number,
    sizeOf: (record: T) => number,
    kept: (record: T, memory: RecordMemory) => T = (record) => record,
  ) {
    this.halfBytes = maxBytes / 2;
    this.sizeOf = sizeOf;
    this.kept = kept;
  }

  get(id: string): T | undefined {
    const record = this.younger.get(id);
    if (record !== undefined) return record;
    const old = this.older.get(id);
    return old === undefined ? undefined : this.put(id, old);
  }

  /** The record as it is kept, or as it is where it is not. */
  put(id: string, record: T): T {
    this.remove(id);
    const size = this.sizeOf(record);
    if (size > this.halfBytes) return record;
    if (this.youngerBytes + size > this.halfBytes) {
      this.older = this.younger;
      this.younger = new Map();
      this.youngerBytes = 0;
      this.memory = new RecordMemory();
    }
    const kept = this.kept(record, this.memory);
    this.younger.set(id, kept);
    this.youngerBytes += size;
    return kept;
  }

  remove(id: string): void {
    const record = this.younger.get(id);
    if (record !== undefined) {
      this.younger.delete(id);
      this.youngerBytes -= this.sizeOf(record);
    }
    this.older.delete(id);
  }

  removeWhere(matches: (record: T) => boolean): void {
    for (const generation of [this.younger, this.older]) {
      for (const [id, record] of generation) if (matches(record)) this.remove(id);
    }
  }
}
