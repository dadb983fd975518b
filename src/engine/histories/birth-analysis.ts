/**
 * Birth analysis (docs/caba.md, sections 4 to 6): which births are certain, which are open, how many histories fit.
 *
 * In: the problem of a tree in one pid namespace, hints, an order of births, and limits. Out: for every process its
 * candidates and its grade; the number of histories, exact or between bounds; the best question.
 * Invariant: "forced" is a proof, whatever the limits: all other candidates are excluded.
 * Cost: within `limits.work`. Above `exactSize` the candidates are those that the static rules keep.
 */

import { adoptions, type BirthMap } from '../births/birth-map.ts';
import type { BirthOrder } from '../births/birth-order.ts';
import type { BirthProblem } from '../births/birth-problem.ts';
import { type WorkBudget, withShare } from '../plan/work-budget.ts';
import { type BirthQuestion, bestQuestion } from './birth-question.ts';
import { type Candidates, exactCandidates } from './candidates.ts';
import { ForcedAncestors, STATIC_ELEMENTS } from './forced-ancestors.ts';
import { histories, simplestMap } from './histories.ts';
import { MapSearch } from './search/search-map.ts';

/**
 * given: said by the image or the request. forced: the same in every history. simplest: the same in all histories with
 * the fewest adoptions. open: not even that, or the histories were not all counted.
 */
export type BirthGrade = 'given' | 'forced' | 'simplest' | 'open';

export interface BirthAnalysis {
  /** By process; the root's is 'given'. */
  readonly grades: readonly BirthGrade[];
  readonly candidates: Candidates;
  /** `atMost` is the product of the sizes of the candidate sets; it may be Infinity. */
  readonly histories: { readonly exact: number } | { readonly atLeast: number; readonly atMost: number };
  /** A history with few adoptions; with the fewest where `histories` is exact. */
  readonly simplest: BirthMap;
  readonly adoptions: number;
  /** Null where one history is left. */
  readonly ask: BirthQuestion | null;
  /** False where limits were reached: then a grade 'open' may hide a 'simplest' or 'forced' one. */
  readonly complete: boolean;
}

export interface AnalysisLimits {
  /** Processes up to which candidates are exact. */
  readonly exactSize: number;
  /** Histories that are counted. */
  readonly histories: number;
  /** Of searches (plan/work-budget.ts). */
  readonly work: number;
}

/** For an answer of its own. */
export const FULL_LIMITS: AnalysisLimits = { exactSize: 200, histories: 1000, work: 100_000_000 };
/** Beside a plan: must not be noticed there. */
export const PLANNING_LIMITS: AnalysisLimits = { exactSize: 8, histories: 200, work: 400_000 };

/** Candidate sets whose product is so many times the histories that are counted are not enumerated at all. */
const HOPELESS = 100;

/** 'none': nothing fits; 'undecided': the limits were reached before anything did. */
export function analyseBirths(
  problem: BirthProblem,
  hints: Int32Array,
  order: BirthOrder | null,
  limits: AnalysisLimits,
  whole: WorkBudget = { work: limits.work },
): BirthAnalysis | 'none' | 'undecided' {
  return withShare(whole, limits.work, (budget) => analysisWithin(problem, hints, order, limits, budget));
}

function analysisWithin(
  problem: BirthProblem,
  hints: Int32Array,
  order: BirthOrder | null,
  limits: AnalysisLimits,
  budget: WorkBudget,
): BirthAnalysis | 'none' | 'undecided' {
  const { size, parent } = problem;
  if (size + problem.sessionCount > STATIC_ELEMENTS) return 'undecided';
  const rules = new ForcedAncestors(problem, budget);
  if (rules.unreachable) return 'none';
  const search = new MapSearch(problem, order, budget);
  const first = search.run(hints);
  if (first.verdict !== 'found') return first.verdict;

  const candidates =
    size <= limits.exactSize
      ? exactCandidates(problem, hints, rules, search, first.map)
      : staticCandidates(size, hints, rules);
  const open: number[] = [];
  let widest = 1;
  let atMost = 1;
  for (let q = 1; q < size; q++) {
    const count = candidates.of[q]!.length;
    if (count > 1) open.push(q);
    widest = Math.max(widest, count);
    atMost *= count;
  }
  const maps: BirthMap[] = [];
  let all = open.length === 0;
  if (all) maps.push(first.map);
  else if (candidates.exact && atMost <= limits.histories * HOPELESS) {
    const sequence = histories(problem, hints, (q) => candidates.of[q]!, search);
    for (;;) {
      const next = sequence.next();
      all = next.done === true && next.value;
      if (next.done || maps.length === limits.histories) break;
      maps.push(next.value);
    }
  }
  const simple = all ? fewestAdoptions(maps, parent) : [simplestMap(problem, hints, search, first.map)];
  const simplest = simple[0]!;
  const grades = candidates.of.map((of, q): BirthGrade => {
    if (q === 0 || hints[q]! >= 0) return 'given';
    if (of.length === 1) return 'forced';
    return all && simple.every((map) => map[q] === simplest[q]) ? 'simplest' : 'open';
  });
  return {
    grades,
    candidates,
    histories: all
      ? { exact: maps.length }
      : { atLeast: Math.max(maps.length, candidates.exact ? widest : 1), atMost },
    simplest,
    adoptions: adoptions(simplest, parent),
    ask: all ? bestQuestion(maps, open) : widestQuestion(candidates, open),
    complete: all && candidates.exact,
  };
}

function staticCandidates(size: number, hints: Int32Array, rules: ForcedAncestors): Candidates {
  const of: number[][] = [[]];
  for (let q = 1; q < size; q++) of.push(hints[q]! >= 0 ? [hints[q]!] : rules.candidates(q));
  return { of, exact: false };
}

/** The first of those with the fewest comes first: the enumeration's order. */
function fewestAdoptions(maps: readonly BirthMap[], parent: Int32Array): BirthMap[] {
  let fewest = Number.POSITIVE_INFINITY;
  let simple: BirthMap[] = [];
  for (const map of maps) {
    const count = adoptions(map, parent);
    if (count > fewest) continue;
    if (count < fewest) simple = [];
    fewest = count;
    simple.push(map);
  }
  return simple;
}

/** Where the histories are too many to count: the process with the most candidates is nearly always the best. */
function widestQuestion({ of }: Candidates, open: readonly number[]): BirthQuestion | null {
  let process = -1;
  for (const q of open) if (process < 0 || of[q]!.length > of[process]!.length) process = q;
  if (process < 0) return null;
  return { process, expectedLeft: null, worstLeft: null, settles: null, open: open.length, asGood: [] };
}
