/**
 * The records used last, bounded by their bytes: what a client just posted is what it reads next.
 *
 * A Map keeps its keys in the order of insertion, so its first key is the one unused for longest.
 */
export class RecentRecords<T> {
  private readonly records = new Map<string, T>();
  private bytes = 0;
  private readonly maxBytes: number;
  private readonly sizeOf: (record: T) => number;

  constructor(maxBytes: number, sizeOf: (record: T) => number) {
    this.maxBytes = maxBytes;
    this.sizeOf = sizeOf;
  }

  get(id: string): T | undefined {
    const record = this.records.get(id);
    if (record !== undefined) {
      this.records.delete(id);
      this.records.set(id, record);
    }
    return record;
  }

  put(id: string, record: T): void {
    this.remove(id);
    const size = this.sizeOf(record);
    if (size > this.maxBytes) return;
    this.records.set(id, record);
    this.bytes += size;
    for (const [oldest, dropped] of this.records) {
      if (this.bytes <= this.maxBytes) break;
      this.records.delete(oldest);
      this.bytes -= this.sizeOf(dropped);
    }
  }

  remove(id: string): void {
    const record = this.records.get(id);
    if (record === undefined) return;
    this.records.delete(id);
    this.bytes -= this.sizeOf(record);
  }

  removeWhere(matches: (record: T) => boolean): void {
    for (const [id, record] of this.records) if (matches(record)) this.remove(id);
  }
}
