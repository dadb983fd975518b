/**
 * The records used last, bounded by their bytes: what a client just posted is what it reads next.
 *
 * Two generations: what is used gets into the younger one, and when that has half of the bytes it becomes the older
 * one, and the older is dropped. So a record lasts at least until half of the bytes came after its last use, and
 * finding one again writes nothing.
 */
export class RecentRecords<T> {
  private younger = new Map<string, T>();
  private older = new Map<string, T>();
  private youngerBytes = 0;
  private readonly halfBytes: number;
  private readonly sizeOf: (record: T) => number;

  /** @param maxBytes a record of more than half of it is not kept */
  constructor(maxBytes: number, sizeOf: (record: T) => number) {
    this.halfBytes = maxBytes / 2;
    this.sizeOf = sizeOf;
  }

  get(id: string): T | undefined {
    const record = this.younger.get(id);
    if (record !== undefined) return record;
    const old = this.older.get(id);
    if (old !== undefined) this.put(id, old);
    return old;
  }

  put(id: string, record: T): void {
    this.remove(id);
    const size = this.sizeOf(record);
    if (size > this.halfBytes) return;
    if (this.youngerBytes + size > this.halfBytes) {
      this.older = this.younger;
      this.younger = new Map();
      this.youngerBytes = 0;
    }
    this.younger.set(id, record);
    this.youngerBytes += size;
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
