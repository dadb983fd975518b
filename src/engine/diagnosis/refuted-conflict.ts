/**
 * A conflict that the planner did not find: where it ends undecided, the search for a proof is asked by itself.
 *
 * In: a tree, what is given of births, a budget. Out: the smallest part of the tree, or the fewest given births, that
 * can be refuted; null where nothing is: that says nothing about the tree.
 * Cost: a search for a proof among all processes, and about size of the conflict × log n smaller ones, within the budget.
 */

import type { Conflict } from '../answer-types/conflict.ts';
import { shrunk } from '../plan/shrink.ts';
import { isSpent, type WorkBudget, withShare } from '../plan/work-budget.ts';
import { type BirthsGiven, Image } from '../proof/image.ts';
import type { Proof } from '../proof/proof.ts';
import { derivationOf } from '../proof/words.ts';
import { MOST_ELEMENTS, refute } from '../refute/refute.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { factsOf } from './nested-conflict.ts';
import { smallestPart } from './smallest-part.ts';

/** Work of one search. */
const WORK = 20_000_000;
/** Work of one that others wait for. */
const LITTLE_WORK = 100_000;

export function refutedConflict(tree: ProcessTree, budget: WorkBudget): Conflict | null {
  return withShare(budget, WORK, (share) => {
    const proof = refuteAll(tree, {}, share);
    if (!proof) return null;
    const { kept, minimal } = smallestPart(
      tree,
      concernedIn(tree, proof),
      share,
      (part, some) => refuteAll(part, {}, some) !== null,
    );
    return {
      rule: 'ORIGIN',
      pids: kept.map((i) => tree.pid[i]!),
      facts: factsOf(tree, kept),
      text: derivationOf(proof).at(-1)!,
      minimal,
    };
  });
}

/** Can the whole tree be refuted with little work? */
export function isRefuted(tree: ProcessTree, budget: WorkBudget): boolean {
  return withShare(budget, LITTLE_WORK, (share) => refuteAll(tree, {}, share) !== null);
}

export interface RefutedBirths {
  /** pids whose given births exclude each other, with the tree. */
  readonly pids: readonly number[];
  readonly minimal: boolean;
}

/** Given births that no history of the tree has. */
export function refutedBirths(
  tree: ProcessTree,
  given: BirthsGiven,
  budget: WorkBudget,
): RefutedBirths | null {
  const image = new Image(tree, given);
  const all = Array.from(tree.pid).filter((pid) => image.givenBirth(pid) > 0);
  if (all.length === 0) return null;
  return withShare(budget, WORK, (share) => {
    const areRefuted = (pids: readonly number[]): boolean => {
      const births = Object.fromEntries(pids.map((pid) => [pid, image.givenBirth(pid)]));
      return refuteAll(tree, births, share) !== null;
    };
    if (!areRefuted(all)) return null;
    const pids = shrunk(all, 0, share, (fewer) => (areRefuted(fewer) ? fewer : null));
    return { pids, minimal: !isSpent(share) };
  });
}

function refuteAll(tree: ProcessTree, births: BirthsGiven['births'], budget: WorkBudget): Proof | null {
  if (tree.size > MOST_ELEMENTS) return null;
  return refute(new Image(tree, { respectCaba: false, births }), Array.from(tree.pid), budget);
}

/** Processes that a proof names. */
function concernedIn(tree: ProcessTree, { lines }: Proof): number[] {
  const concerned = new Set<number>([0]);
  for (const { claim } of lines) {
    for (const value of Object.values(claim)) {
      const i = typeof value === 'number' && value > 0 ? tree.indexOf(value) : -1;
      if (i >= 0) concerned.add(i);
    }
  }
  return [...concerned].sort((a, b) => a - b);
}
