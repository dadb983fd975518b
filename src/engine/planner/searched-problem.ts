/**
 * Searched problem: what the births of a tree are searched for and judged in, its origin problem or, of a large one, the
 * tied part.
 *
 * In: the origin problem of a tree. Out: the problem to search in, with the way from what is found there to the whole.
 * Invariant: an order that carries the searched problem makes the origin that the same births make in the whole.
 * Cost: O(n).
 */

import { bytes, int32s } from '../tree/scratch.ts';
import type { RegionOrder } from './exact-check.ts';
import { AFTER, BEFORE, type Origin } from './origin.ts';
import { isElement, type OriginProblem, regionTop } from './origin-problem.ts';
import { originFromOrder } from './region-trees.ts';
import { type TiedPart, tiedPartOfLarge } from './tied-part.ts';

export interface SearchedProblem {
  readonly problem: OriginProblem;
  /** Elements of the whole. */
  readonly elements: number;
  /** The process of the whole that a searched one is. */
  was(process: number): number;
  /** The origin of the whole. */
  originFrom(order: RegionOrder): Origin;
}

export function searchedProblem(whole: OriginProblem): SearchedProblem {
  const elements = whole.size + whole.sessionCount;
  const part = tiedPartOfLarge(whole);
  if (part === null) {
    const originFrom = (order: RegionOrder): Origin => originFromOrder(whole, order);
    return { problem: whole, elements, was: (process) => process, originFrom };
  }
  return {
    problem: part.problem,
    elements,
    was: (process) => part.was[process]!,
    originFrom: (order) => withLoose(whole, part, originFromOrder(part.problem, order)),
  };
}

/** Whoever is loose is born of its parent; of the root's children, those of another session below its top. */
function withLoose(whole: OriginProblem, { problem, was, wasSession }: TiedPart, tied: Origin): Origin {
  const { size, sessionCount, parent, session, leader, outside, rootHasTwoRegions } = whole;
  const creator = int32s(size + sessionCount, -1);
  const phase = bytes(size + sessionCount);
  const top = (e: number, region: number): void => {
    creator[e] = regionTop(whole, region);
    phase[e] = rootHasTwoRegions && region === outside ? BEFORE : AFTER;
  };
  for (let q = 1; q < size; q++) {
    const p = parent[q]!;
    const s = session[q]!;
    if (p > 0) creator[q] = p;
    else top(q, leader[s] === q ? session[0]! : s);
  }
  for (let s = 0; s < sessionCount; s++) if (isElement(whole, size + s)) top(size + s, session[0]!);
  const wasElement = (e: number): number =>
    e < problem.size ? was[e]! : size + wasSession[e - problem.size]!;
  for (let e = 1; e < tied.creator.length; e++) {
    if (!isElement(problem, e)) continue;
    creator[wasElement(e)] = wasElement(tied.creator[e]!);
    phase[wasElement(e)] = tied.phase[e]!;
  }
  return { creator, phase };
}
