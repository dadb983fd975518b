/**
 * Given births: what the image and the request say about who created whom.
 *
 * In: the tree's `caba`, `birthOrder` and `startTime`, and the request's `births`, which go before the image's.
 * With `respectCaba` false nothing of the image counts. Out: hints by index, and the order of births.
 * Nothing is judged here but whether the numbers name processes: whether a history fits is for the search to say.
 * Cost: O(n).
 */

import type { PlanOptions } from '../plan/plan-options.ts';
import { lastingInt32s } from '../tree/column-block.ts';
import { UNKNOWN } from '../tree/process-columns.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { type BirthOrder, birthOrderOf } from './birth-order.ts';

export type BirthOptions = Pick<PlanOptions, 'births' | 'respectCaba'>;

export interface GivenBirths {
  /** By process: index of its closest alive born ancestor, −1 unknown. */
  readonly hints: Int32Array;
  /** Processes besides the root with a hint. */
  readonly count: number;
  readonly order: BirthOrder | null;
  /** Processes other than the root that are said to be born outside. */
  readonly outside: ReadonlySet<number>;
  /** One of them, one with a parent in the image before others; −1: there is none. */
  readonly bornOutside: number;
  readonly faults: readonly BirthOptionFault[];
}

/** A birth that names what is not in the image: no hint at all. */
export interface BirthOptionFault {
  readonly pid: number;
  readonly caba: number;
  readonly message: string;
}

/** Null: nothing is said about births. */
export function givenBirths(tree: ProcessTree, { births, respectCaba }: BirthOptions): GivenBirths | null {
  const caba = respectCaba ? tree.caba : null;
  const order = respectCaba ? birthOrderOf(tree) : null;
  const pairs = Object.entries(births);
  if (!caba && !order && pairs.length === 0) return null;
  const faults = birthOptionFaults(tree, births);
  const hints = lastingInt32s(tree.size, UNKNOWN);
  const outside = new Set<number>();
  const give = (process: number, ancestor: number): void => {
    hints[process] = ancestor > 0 ? tree.indexOf(ancestor) : UNKNOWN;
    outside.delete(process);
    if (ancestor === 0 && process > 0) outside.add(process);
  };
  if (caba) for (let q = 0; q < tree.size; q++) if (caba[q]! >= 0) give(q, caba[q]!);
  if (faults.length === 0) for (const [pid, ancestor] of pairs) give(tree.indexOf(Number(pid)), ancestor);
  const all = [...outside];
  const bornOutside = all.findLast((q) => tree.parent[q] !== OUTSIDE) ?? all[0] ?? -1;
  // The root is born outside: whatever else is said of it makes it descend from its own descendants.
  if (hints[0]! >= 0) {
    faults.push({
      pid: tree.pid[0]!,
      caba: tree.pid[hints[0]!]!,
      message: 'the root descends from nobody in the image',
    });
    hints[0] = UNKNOWN;
  }
  let count = 0;
  for (let q = 1; q < tree.size; q++) if (hints[q]! >= 0) count++;
  return { hints, count, order, outside, bornOutside, faults };
}

/** What is wrong with the `births` of a request for this tree; empty where nothing is. */
export function birthOptionFaults(tree: ProcessTree, births: PlanOptions['births']): BirthOptionFault[] {
  const faults: BirthOptionFault[] = [];
  for (const [key, caba] of Object.entries(births)) {
    const pid = Number(key);
    const process = tree.indexOf(pid);
    const fault = (message: string): void => {
      faults.push({ pid, caba, message });
    };
    if (process < 0) fault(`${key} is not in the image`);
    else if (caba !== 0 && tree.indexOf(caba) < 0) fault(`${caba} is not in the image`);
    else if (caba === pid) fault('a process does not descend from itself');
  }
  return faults;
}

/** Does a map have all that is given? */
export function agreesWith(hints: Int32Array, map: Int32Array): boolean {
  for (let q = 1; q < hints.length; q++) if (hints[q]! >= 0 && hints[q] !== map[q]) return false;
  return true;
}
