/**
 * The best question (docs/caba.md, section 6): whose closest alive born ancestor to find out first.
 *
 * In: all histories of a tree. Out: the process whose answer leaves the fewest, all histories weighing the same; that
 * is a convention, not a probability. Ties: the lowest index.
 * Cost: O(histories × n).
 */

import type { BirthMap } from '../births/birth-map.ts';

export interface BirthQuestion {
  readonly process: number;
  /** Mean number of histories left when the answer is known; null where not all histories were counted. */
  readonly expectedLeft: number | null;
  readonly worstLeft: number | null;
  /** Open processes that are settled whatever the answer is, this one included, of `open`. */
  readonly settles: number | null;
  readonly open: number;
  /** Other processes that are exactly as good to ask for. */
  readonly asGood: readonly number[];
}

/** Null: there is nothing to ask, since there is one history. */
export function bestQuestion(maps: readonly BirthMap[], open: readonly number[]): BirthQuestion | null {
  let best: { process: number; squares: number; worst: number } | null = null;
  const asGood: number[] = [];
  for (const q of open) {
    const counts = new Map<number, number>();
    for (const map of maps) counts.set(map[q]!, (counts.get(map[q]!) ?? 0) + 1);
    let squares = 0;
    let worst = 0;
    for (const count of counts.values()) {
      squares += count * count;
      worst = Math.max(worst, count);
    }
    if (best && squares === best.squares) asGood.push(q);
    if (best && squares >= best.squares) continue;
    best = { process: q, squares, worst };
    asGood.length = 0;
  }
  if (!best) return null;
  return {
    process: best.process,
    expectedLeft: best.squares / maps.length,
    worstLeft: best.worst,
    settles: settledByAnswer(maps, open, best.process),
    open: open.length,
    asGood,
  };
}

function settledByAnswer(maps: readonly BirthMap[], open: readonly number[], asked: number): number {
  const first = new Map<number, BirthMap>();
  const unsettled = new Map<number, Set<number>>();
  for (const map of maps) {
    const answer = map[asked]!;
    const alike = first.get(answer);
    if (!alike) {
      first.set(answer, map);
      unsettled.set(answer, new Set());
      continue;
    }
    for (const q of open) if (map[q] !== alike[q]) unsettled.get(answer)!.add(q);
  }
  let most = 0;
  for (const processes of unsettled.values()) most = Math.max(most, processes.size);
  return open.length - most;
}
