/**
 * From pid to position, and positions in ascending order of a number.
 *
 * In: columns of non-negative 31-bit numbers. Out: lookups in constant time, orders in linear time.
 * Invariant: of equal pids the first position is found.
 * Cost: a direct table while the largest pid is small against the count (the usual case), else open addressing
 * at most half full; the sort is a stable radix sort, none for numbers that ascend already.
 */

import { lastingInt32s } from './column-block.ts';
import { int32s } from './scratch.ts';

/** Positions 0 .. count − 1 in ascending order of `numbers`; equal numbers keep their order. A scratch column. */
export function ascending(numbers: Int32Array, count: number): Int32Array {
  let order = int32s(count);
  let largest = 0;
  let isAscending = true;
  for (let position = 0; position < count; position++) {
    order[position] = position;
    if (numbers[position]! >= largest) largest = numbers[position]!;
    else isAscending = false;
  }
  if (isAscending) return order;
  let next = int32s(count);
  const bits = count < MANY ? FEW_BITS : RADIX_BITS;
  const radix = 1 << bits;
  const start = int32s(radix + 1);
  for (let shift = 0; largest >>> shift > 0 && shift < 31; shift += bits) {
    start.fill(0);
    for (let i = 0; i < count; i++) start[((numbers[i]! >>> shift) & (radix - 1)) + 1]!++;
    for (let digit = 0; digit < radix; digit++) start[digit + 1]! += start[digit]!;
    for (let i = 0; i < count; i++) {
      const position = order[i]!;
      next[start[(numbers[position]! >>> shift) & (radix - 1)]!++] = position;
    }
    [order, next] = [next, order];
  }
  return order;
}

/** Digits of 11 bits for many numbers, of 6 bits below that. */
const RADIX_BITS = 11;
const FEW_BITS = 6;
const MANY = 4096;

/**
 * Looks up the position of a pid among the first `count` of `pids`, −1 where it is not there.
 * @param columnOf makes the table: a scratch column, or by default one that lasts
 */
export function pidIndex(
  pids: Int32Array,
  count: number,
  columnOf: ColumnMaker = lastingInt32s,
): (pid: number) => number {
  let largest = 0;
  for (let position = 0; position < count; position++) {
    if (pids[position]! > largest) largest = pids[position]!;
  }
  return largest <= DENSE_FACTOR * count + DENSE_FLOOR
    ? directTable(pids, count, largest, columnOf)
    : openAddressing(pids, count, columnOf);
}

/** A column of 32-bit integers, all `value`. */
type ColumnMaker = (length: number, value: number) => Int32Array;

const DENSE_FACTOR = 8;
const DENSE_FLOOR = 1024;

function directTable(
  pids: Int32Array,
  count: number,
  largest: number,
  columnOf: ColumnMaker,
): (pid: number) => number {
  const positionOf = columnOf(largest + 1, -1);
  for (let position = count - 1; position >= 0; position--) positionOf[pids[position]!] = position;
  return (pid) => (pid >= 0 && pid <= largest ? positionOf[pid]! : -1);
}

function openAddressing(pids: Int32Array, count: number, columnOf: ColumnMaker): (pid: number) => number {
  const bits = Math.max(1, 32 - Math.clz32(Math.max(1, count * 2 - 1)));
  const mask = 2 ** bits - 1;
  const shift = 32 - bits;
  const slots = columnOf(mask + 1, -1);
  const slotOf = (pid: number): number => Math.imul(pid, GOLDEN) >>> shift;
  for (let position = 0; position < count; position++) {
    const pid = pids[position]!;
    let slot = slotOf(pid);
    while (slots[slot]! >= 0 && pids[slots[slot]!] !== pid) slot = (slot + 1) & mask;
    if (slots[slot]! < 0) slots[slot] = position;
  }
  return (pid) => {
    for (let slot = slotOf(pid); slots[slot]! >= 0; slot = (slot + 1) & mask) {
      if (pids[slots[slot]!] === pid) return slots[slot]!;
    }
    return -1;
  };
}

/** 2^32 divided by the golden ratio: spreads consecutive pids evenly (Fibonacci hashing). */
const GOLDEN = 0x9e3779b1;
