/**
 * Number table: for every number of every pid namespace, who took it last.
 *
 * In: (namespace, number). Out: the row of the process (positive), minus the row of the process whose thread it is
 * (negative), or 0 for a number never taken. Whether it is still in use is the row's affair, so nothing is deleted.
 * Cost: O(1); level 0 in pages allocated on demand, which are long where many are to be born, all namespaces below, and
 * numbers that Linux itself does not give, in short ones, found by one open-addressing hash: numbers of a namespace mostly follow
 * each other.
 */

import { lastingInt32s } from '../tree/column-block.ts';
import { larger } from '../tree/larger-columns.ts';
import { LEVEL_ZERO } from './namespace-table.ts';

const LEAST_PAGE_BITS = 10;
const MOST_PAGE_BITS = 16;
/** Numbers below this one have pages: all that Linux gives. */
const PAGED = 1 << 22;
const SHORT_BITS = 4;
const SHORT = 1 << SHORT_BITS;

export class NumberTable {
  private readonly pages: (Int32Array | undefined)[] = [];
  private readonly pageBits: number;

  /** Short pages of the namespaces below: by hash where each begins in `rows`, 0 for a free slot. */
  private namespaces = new Int32Array(0);
  private blocks = new Int32Array(0);
  private places = new Int32Array(0);
  private rows = new Int32Array(0);
  private used = 0;

  /** @param expected births; more are possible */
  constructor(expected = 0) {
    const bits = 31 - Math.clz32(expected);
    this.pageBits = Math.max(LEAST_PAGE_BITS, Math.min(bits, MOST_PAGE_BITS));
  }

  /** The entry of a number of level 0. */
  outermost(number: number): number {
    const page = this.pages[number >>> this.pageBits];
    if (page === undefined) return number < PAGED ? 0 : this.inner(LEVEL_ZERO, number);
    return page[number & ((1 << this.pageBits) - 1)]!;
  }

  setOutermost(number: number, entry: number): void {
    const length = 1 << this.pageBits;
    const index = number >>> this.pageBits;
    let page = this.pages[index];
    if (page === undefined) {
      if (number >= PAGED) {
        this.setInner(LEVEL_ZERO, number, entry);
        return;
      }
      while (this.pages.length < index) this.pages.push(undefined);
      page = this.pages[index] = lastingInt32s(length);
    }
    page[number & (length - 1)] = entry;
  }

  /** The entry of a number of a namespace below level 0, or of one that no page has. */
  inner(namespace: number, number: number): number {
    if (this.used === 0) return 0;
    const place = this.places[this.slot(namespace, number >>> SHORT_BITS)]!;
    return place === 0 ? 0 : this.rows[place + (number & (SHORT - 1))]!;
  }

  setInner(namespace: number, number: number, entry: number): void {
    if (this.used * 2 >= this.places.length) this.grow();
    const block = number >>> SHORT_BITS;
    const slot = this.slot(namespace, block);
    if (this.places[slot] === 0) {
      this.namespaces[slot] = namespace;
      this.blocks[slot] = block;
      this.places[slot] = ++this.used * SHORT;
      if (this.rows.length < (this.used + 1) * SHORT)
        this.rows = larger(this.rows, Math.max(16, this.used * 2) * SHORT);
    }
    this.rows[this.places[slot]! + (number & (SHORT - 1))] = entry;
  }

  /** Where the page is, or the free slot where it belongs. */
  private slot(namespace: number, block: number): number {
    const mask = this.places.length - 1;
    let hash = Math.imul(namespace, 0x9e3779b1) ^ Math.imul(block, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    while (this.places[slot] !== 0 && (this.blocks[slot] !== block || this.namespaces[slot] !== namespace)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private grow(): void {
    const { namespaces, blocks, places } = this;
    const capacity = Math.max(16, places.length * 2);
    this.namespaces = new Int32Array(capacity);
    this.blocks = new Int32Array(capacity);
    this.places = new Int32Array(capacity);
    for (let i = 0; i < places.length; i++) {
      if (places[i] === 0) continue;
      const slot = this.slot(namespaces[i]!, blocks[i]!);
      this.namespaces[slot] = namespaces[i]!;
      this.blocks[slot] = blocks[i]!;
      this.places[slot] = places[i]!;
    }
  }
}
