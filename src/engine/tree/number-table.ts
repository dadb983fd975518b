/**
 * Number tables: from a number (pid, sid, pgid), or a pair of indexes, to an index. Open addressing in typed arrays,
 * because a Map of a million numbers costs more than the planning itself.
 */

import { int32s, unsetInt32s } from './scratch.ts';

const EMPTY = -1;

/** Non-negative 32-bit number → non-negative 32-bit value; −1 stands for "absent". */
export class NumberTable {
  private keys: Int32Array;
  private values: Int32Array;
  private mask: number;
  size = 0;

  constructor(expected: number) {
    const capacity = powerOfTwo(expected * 2);
    this.keys = int32s(capacity, EMPTY);
    this.values = unsetInt32s(capacity);
    this.mask = capacity - 1;
  }

  get(key: number): number {
    const slot = this.slotOf(key);
    return this.keys[slot] === EMPTY ? -1 : this.values[slot]!;
  }

  has(key: number): boolean {
    return this.keys[this.slotOf(key)] !== EMPTY;
  }

  set(key: number, value: number): void {
    const slot = this.slotOf(key);
    if (this.keys[slot] === EMPTY) {
      if (this.size * 2 > this.mask) {
        this.grow();
        this.set(key, value);
        return;
      }
      this.keys[slot] = key;
      this.size++;
    }
    this.values[slot] = value;
  }

  private slotOf(key: number): number {
    let slot = Math.imul(key, 0x9e3779b1) >>> 0;
    slot = (slot ^ (slot >>> 15)) & this.mask;
    while (this.keys[slot] !== EMPTY && this.keys[slot] !== key) slot = (slot + 1) & this.mask;
    return slot;
  }

  private grow(): void {
    const { keys, values } = this;
    this.keys = int32s(keys.length * 2, EMPTY);
    this.values = unsetInt32s(keys.length * 2);
    this.mask = this.keys.length - 1;
    this.size = 0;
    for (let i = 0; i < keys.length; i++) if (keys[i] !== EMPTY) this.set(keys[i]!, values[i]!);
  }
}

/** From the number of each row to the row. */
export function rowsByNumber(number: Int32Array): NumberTable {
  const rows = new NumberTable(number.length);
  for (let row = 0; row < number.length; row++) rows.set(number[row]!, row);
  return rows;
}

/** Set of pairs of non-negative 32-bit numbers, each with a value. */
export class PairTable {
  private firsts: Int32Array;
  private seconds: Int32Array;
  private values: Int32Array;
  private mask: number;
  size = 0;

  constructor(expected: number) {
    const capacity = powerOfTwo(expected * 2);
    this.firsts = int32s(capacity, EMPTY);
    this.seconds = unsetInt32s(capacity);
    this.values = unsetInt32s(capacity);
    this.mask = capacity - 1;
  }

  get(first: number, second: number): number {
    const slot = this.slotOf(first, second);
    return this.firsts[slot] === EMPTY ? -1 : this.values[slot]!;
  }

  set(first: number, second: number, value: number): void {
    const slot = this.slotOf(first, second);
    if (this.firsts[slot] === EMPTY) {
      if (this.size * 2 > this.mask) {
        this.grow();
        this.set(first, second, value);
        return;
      }
      this.firsts[slot] = first;
      this.seconds[slot] = second;
      this.size++;
    }
    this.values[slot] = value;
  }

  /** Adds the pair; false if it was there. */
  add(first: number, second: number): boolean {
    const before = this.size;
    this.set(first, second, 0);
    return this.size !== before;
  }

  private slotOf(first: number, second: number): number {
    let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & this.mask;
    while (this.firsts[slot] !== EMPTY && (this.firsts[slot] !== first || this.seconds[slot] !== second)) {
      slot = (slot + 1) & this.mask;
    }
    return slot;
  }

  private grow(): void {
    const { firsts, seconds, values } = this;
    this.firsts = int32s(firsts.length * 2, EMPTY);
    this.seconds = unsetInt32s(firsts.length * 2);
    this.values = unsetInt32s(firsts.length * 2);
    this.mask = this.firsts.length - 1;
    this.size = 0;
    for (let i = 0; i < firsts.length; i++) {
      if (firsts[i] !== EMPTY) this.set(firsts[i]!, seconds[i]!, values[i]!);
    }
  }
}

function powerOfTwo(atLeast: number): number {
  let capacity = 16;
  while (capacity < atLeast) capacity *= 2;
  return capacity;
}
