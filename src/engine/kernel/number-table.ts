/**
 * Number table: for every number of every pid namespace, who took it last.
 *
 * In: (namespace, number). Out: the row of the process (positive), minus the row of the process whose thread it is
 * (negative), or 0 for a number never taken. Whether it is still in use is the row's affair, so nothing is deleted.
 * Cost: O(1); level 0 in pages allocated on demand, all namespaces below in one open-addressing hash.
 */

const PAGE_BITS = 10;
const PAGE = 1 << PAGE_BITS;

export class NumberTable {
  private readonly pages: (Int32Array | undefined)[] = [];

  private namespaces = new Int32Array(0);
  private numbers = new Int32Array(0);
  private rows = new Int32Array(0);
  private used = 0;

  /** The entry of a number of level 0. */
  outermost(number: number): number {
    const page = this.pages[number >>> PAGE_BITS];
    return page === undefined ? 0 : page[number & (PAGE - 1)]!;
  }

  setOutermost(number: number, entry: number): void {
    const index = number >>> PAGE_BITS;
    let page = this.pages[index];
    if (page === undefined) {
      while (this.pages.length < index) this.pages.push(undefined);
      page = this.pages[index] = new Int32Array(PAGE);
    }
    page[number & (PAGE - 1)] = entry;
  }

  /** The entry of a number of a namespace below level 0. */
  inner(namespace: number, number: number): number {
    if (this.used === 0) return 0;
    return this.rows[this.slot(namespace, number)]!;
  }

  setInner(namespace: number, number: number, entry: number): void {
    if (this.used * 2 >= this.rows.length) this.grow();
    const slot = this.slot(namespace, number);
    if (this.rows[slot] === 0) this.used++;
    this.namespaces[slot] = namespace;
    this.numbers[slot] = number;
    this.rows[slot] = entry;
  }

  /** Where the key is, or the free slot where it belongs. */
  private slot(namespace: number, number: number): number {
    const mask = this.rows.length - 1;
    let hash = Math.imul(namespace, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    while (this.rows[slot] !== 0 && (this.numbers[slot] !== number || this.namespaces[slot] !== namespace)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private grow(): void {
    const { namespaces, numbers, rows } = this;
    const capacity = Math.max(64, rows.length * 2);
    this.namespaces = new Int32Array(capacity);
    this.numbers = new Int32Array(capacity);
    this.rows = new Int32Array(capacity);
    this.used = 0;
    for (let i = 0; i < rows.length; i++) {
      if (rows[i] !== 0) this.setInner(namespaces[i]!, numbers[i]!, rows[i]!);
    }
  }
}
