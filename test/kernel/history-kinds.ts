/** Which real histories are made: every seed is another size and another mix of what may happen. */

import { KINDS } from '../../src/engine/tree/sharing-columns.ts';
import { SHARED_MIXES } from '../histories/shared-calls.ts';
import type { HistoryKind } from './histories.ts';

const pick = <T>(seed: number, step: number, ...values: readonly T[]): T =>
  values[Math.floor(seed / step) % values.length]!;

/** One pid namespace. */
export function* singleHistories(count: number, first: number): Generator<HistoryKind> {
  for (let seed = first; seed < first + count; seed++) {
    yield {
      seed,
      calls: pick(seed, 1, 30, 60, 100, 160, 60, 90),
      births: pick(seed, 6, 20, 60, 100, 40),
      groups: seed % 5 !== 0,
      subreapers: seed % 7 !== 0,
      zombies: seed % 4 !== 0,
      threads: seed % 9 === 0,
    };
  }
}

/** One pid namespace whose births share files, fs, undo lists, address spaces and signal handlers, with execve. */
export function* sharedHistories(count: number, first: number): Generator<HistoryKind> {
  for (const kind of singleHistories(count, first))
    yield { ...kind, threads: false, kinds: pick(kind.seed, 1, ...SHARED_MIXES), exec: kind.seed % 3 !== 0 };
}

/** The same with everything that birth gives: I/O contexts, terminals, other exit signals. */
export function* giftedHistories(count: number, first: number): Generator<HistoryKind> {
  for (const kind of sharedHistories(count, first))
    yield { ...kind, kinds: KINDS, terminals: true, exitSignals: kind.seed % 2 === 0 };
}

/** Sharings across pid namespaces. */
export function* sharedNestedHistories(count: number, first: number): Generator<HistoryKind> {
  for (const kind of nestedHistories(count, first))
    yield { ...kind, threads: false, kinds: pick(kind.seed, 1, ...SHARED_MIXES), exec: kind.seed % 3 !== 0 };
}

/** Namespaces nested `levels` deep, every second time with processes put in from outside the tree. */
export function* nestedHistories(count: number, first: number): Generator<HistoryKind> {
  for (let seed = first; seed < first + count; seed++) {
    yield {
      seed,
      calls: pick(seed, 1, 40, 70, 110, 160),
      births: pick(seed, 4, 16, 30, 60, 90),
      levels: pick(seed, 1, 1, 2, 3, 2, 4, 6),
      injections: seed % 2 === 0,
      groups: seed % 3 !== 0,
      subreapers: seed % 7 !== 0,
      zombies: seed % 4 !== 0,
      threads: seed % 9 === 0,
    };
  }
}
