/**
 * The births of a tree as an answer of its own: what is certain, what is open, how many histories there are.
 *
 * In: a tree and which given births count. Out: an object of pids, ready for JSON. Nothing is planned.
 * Cost: FULL_LIMITS of birth-analysis.ts: exact candidates up to 200 processes (about half a second at 100), those of
 * the static rules for larger trees; beyond its element limit nothing but 'undecided'. Made to be asked for, not to
 * run beside a plan. Processes born or put in from outside are 'unsupported'.
 */

import { type BirthOptions, givenBirths } from '../births/given-births.ts';
import { birthProblem } from '../births/nested-problem.ts';
import { analyseBirths, type BirthGrade, FULL_LIMITS } from '../histories/birth-analysis.ts';
import { breaksLocalRules } from '../planner/nested/namespace-rules.ts';
import { hasInjected } from '../tree/outside.ts';
import { UNKNOWN } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { countedHistories, hasOnlyFromBirth, mapInPids, pidsOf, questionInPids } from './birth-findings.ts';

export interface BirthAnswer {
  /**
   * 'contradiction': the given births, or the tree itself, fit no history; planning says which.
   * 'undecided': limits were reached. 'unsupported': processes born outside.
   */
  readonly status: 'analysed' | 'contradiction' | 'undecided' | 'unsupported';
  /** One row a process but the root, in canonical order; empty unless analysed. */
  readonly processes: readonly ProcessBirths[];
  /** Null unless analysed. `atMost` null: too many to say. */
  readonly histories:
    | { readonly exact: number }
    | { readonly atLeast: number; readonly atMost: number | null }
    | null;
  /** A history with few adoptions, pid → pid. */
  readonly simplest: Readonly<Record<string, number>>;
  readonly adoptions: number;
  readonly ask: {
    readonly pid: number;
    readonly expectedLeft: number | null;
    readonly worstLeft: number | null;
    readonly settles: number | null;
    readonly of: number;
    /** Questions that are exactly as good. */
    readonly alternatives: readonly (readonly number[])[];
  } | null;
  /** True where limits were reached: candidates that are listed may be impossible, open births may be certain. */
  readonly bounded: boolean;
}

export interface ProcessBirths {
  readonly pid: number;
  readonly grade: BirthGrade;
  /** In the simplest history. */
  readonly caba: number;
  /** Ascending, the first CANDIDATES_LISTED. */
  readonly candidates: readonly number[];
  readonly candidateCount: number;
}

const CANDIDATES_LISTED = 100;

export function birthAnalysis(tree: ProcessTree, options: BirthOptions): BirthAnswer {
  const given = givenBirths(tree, options);
  if (hasInjected(tree) || (given && given.bornOutside >= 0)) return { ...NOTHING, status: 'unsupported' };
  if (breaksLocalRules(tree) || (given && given.faults.length > 0))
    return { ...NOTHING, status: 'contradiction' };

  const hints = given?.hints ?? new Int32Array(tree.size).fill(UNKNOWN);
  const problem = birthProblem(tree);
  if (!problem) return { ...NOTHING, status: 'contradiction' };
  const analysis = analyseBirths(problem, hints, given?.order ?? null, FULL_LIMITS);
  if (analysis === 'none') return { ...NOTHING, status: 'contradiction' };
  if (analysis === 'undecided') return { ...NOTHING, status: 'undecided' };
  const { grades, candidates, histories, simplest, ask } = analysis;
  const processes: ProcessBirths[] = [];
  for (let q = 1; q < tree.size; q++) {
    const pids = pidsOf(tree, candidates.of[q]!);
    processes.push({
      pid: tree.pid[q]!,
      grade: grades[q]!,
      caba: tree.pid[simplest[q]!]!,
      candidates: pids.slice(0, CANDIDATES_LISTED),
      candidateCount: pids.length,
    });
  }
  return {
    status: 'analysed',
    processes,
    histories: countedHistories(tree, histories),
    simplest: mapInPids(tree, simplest),
    adoptions: analysis.adoptions,
    ask: ask && questionInPids(tree, ask),
    bounded: !analysis.complete || hasOnlyFromBirth(tree),
  };
}

const NOTHING = {
  processes: [],
  histories: null,
  simplest: {},
  adoptions: 0,
  ask: null,
  bounded: true,
} as const;
