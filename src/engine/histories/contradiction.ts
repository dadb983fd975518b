/**
 * Why given births fit no history (docs/caba.md, section 8): the smallest set of them that contradict each other.
 *
 * In: the problem of a tree that is reachable, and hints that no history agrees with. Out: a core: hints such that
 * without any one of them the others fit; for each what it could be instead; and one thing that breaks.
 * Hints are dropped in runs, then one by one; what is still impossible without them stays dropped. Where the map is
 * full the search begins with the hints on the way up from what broke. Large trees are cut to the processes concerned:
 * deleting a process keeps a possible map possible, so what contradicts in the part contradicts in the whole; that a
 * core of several is minimal is then not claimed.
 * Cost: about core size × log(hints) searches, within the budget; beyond it `minimal` is false.
 */

import { isAbove, walkMap } from '../births/birth-map.ts';
import type { BirthProblem } from '../births/birth-problem.ts';
import { checkMap, type MapFault } from '../births/check-map.ts';
import { shrunk } from '../plan/shrink.ts';
import { type WorkBudget, withShare } from '../plan/work-budget.ts';
import { liftedParents, partialProblem, withAncestors } from '../planner/partial-problem.ts';
import { UNKNOWN } from '../tree/process-columns.ts';
import { withScratch } from '../tree/scratch.ts';
import { ForcedAncestors, STATIC_ELEMENTS } from './forced-ancestors.ts';
import { MapSearch } from './search/search-map.ts';

export interface BirthContradiction {
  /** Processes whose hints contradict each other, ascending. */
  readonly core: readonly number[];
  readonly minimal: boolean;
  /** By place in the core: ancestors that the process could have, if the other hints of the core hold. Null: not computed. */
  readonly possible: readonly (readonly number[])[] | null;
  /** What breaks where all hints of the core are taken; processes of the tree, sessions of the problem. */
  readonly because: MapFault | null;
}

/** Processes of a part that is small enough to look for a minimal core, and for the values that could be. */
const CORE_SIZE = 2000;
const VALUES_SIZE = 300;
const VALUES_CORE = 16;
const WORK = 40_000_000;

export function birthContradiction(
  problem: BirthProblem,
  hints: Int32Array,
  budget: WorkBudget,
): BirthContradiction {
  return withShare(budget, WORK, (share) => contradictionWithin(problem, hints, share));
}

function contradictionWithin(
  problem: BirthProblem,
  hints: Int32Array,
  budget: WorkBudget,
): BirthContradiction {
  const fault = isFull(hints) ? checkMap(problem, hints) : null;
  const broken = fault?.fault ? fault : null;
  const start = broken ? hintsConcerned(problem, hints, broken) : null;
  const single = impossibleAlone(problem, hints, budget);
  if (problem.size <= CORE_SIZE || problem.places) {
    const search = new CoreSearch(problem, hints, budget);
    return single >= 0 ? search.told([single], broken) : search.run(start, broken);
  }
  const given = single >= 0 ? [single] : (start ?? allGiven(hints));
  const kept = withAncestors(
    problem,
    given.flatMap((q) => [q, hints[q]!]),
  );
  const part = kept.length <= CORE_SIZE && partialProblem(problem, kept, liftedParents(problem, kept));
  if (!part) return { core: given, minimal: false, possible: null, because: broken };
  const place = new Map(kept.map((q, i) => [q, i]));
  const partHints = new Int32Array(kept.length).fill(UNKNOWN);
  for (const q of given) partHints[place.get(q)!] = place.get(hints[q]!)!;
  const search = new CoreSearch(part, partHints, budget);
  if (!search.contradicts(allGiven(partHints)))
    return { core: given, minimal: false, possible: null, because: broken };
  const { core } = search.run(null, null);
  const minimal = core.length === 1;
  return { core: core.map((i) => kept[i]!), minimal, possible: null, because: broken };
}

/** A process whose hint no history has, whatever the others are. −1: none is seen. */
export function impossibleAlone(problem: BirthProblem, hints: Int32Array, budget: WorkBudget): number {
  const { size, sessionCount, parent } = problem;
  if (size + sessionCount <= STATIC_ELEMENTS) {
    const rules = new ForcedAncestors(problem, budget);
    if (rules.unreachable) return -1;
    for (let q = 1; q < size; q++) if (hints[q]! >= 0 && !rules.isCandidate(hints[q]!, q)) return q;
    return -1;
  }
  return withScratch(() => {
    const tree = walkMap(parent);
    for (let q = 1; q < size; q++) {
      const x = hints[q]!;
      if (x >= 0 && (x === q || isAbove(tree, q, x) || isAbove(tree, x, parent[q]!))) return q;
    }
    return -1;
  });
}

class CoreSearch {
  private readonly problem: BirthProblem;
  private readonly hints: Int32Array;
  private readonly budget: WorkBudget;
  private readonly search: MapSearch;

  constructor(problem: BirthProblem, hints: Int32Array, budget: WorkBudget) {
    this.problem = problem;
    this.budget = budget;
    this.hints = hints;
    this.search = new MapSearch(problem, null, this.budget);
  }

  run(start: readonly number[] | null, broken: MapFault | null): BirthContradiction {
    const all = allGiven(this.hints);
    const kept = shrunk(start && this.contradicts(start) ? start : all, 0, this.budget, (fewer) =>
      this.contradicts(fewer) ? fewer : null,
    );
    return this.told(kept, broken);
  }

  /** What there is to say of a core. */
  told(kept: readonly number[], broken: MapFault | null): BirthContradiction {
    const minimal = this.budget.work > 0 || kept.length === 1;
    const because = (minimal ? this.reason(kept) : null) ?? broken;
    return { core: kept, minimal, possible: minimal ? this.valuesOf(kept) : null, because };
  }

  contradicts(kept: readonly number[]): boolean {
    return this.search.run(this.only(kept)).verdict === 'none';
  }

  private only(kept: readonly number[]): Int32Array {
    const hints = new Int32Array(this.hints.length).fill(UNKNOWN);
    for (const q of kept) hints[q] = this.hints[q]!;
    return hints;
  }

  /** A map for all but one of the core, with that one put in, must break. */
  private reason(core: readonly number[]): MapFault | null {
    for (const q of core) {
      const others = this.search.run(this.only(core.filter((other) => other !== q)));
      if (others.verdict !== 'found') continue;
      others.map[q] = this.hints[q]!;
      const fault = checkMap(this.problem, others.map);
      if (fault.fault) return fault;
    }
    return null;
  }

  private valuesOf(core: readonly number[]): number[][] | null {
    const { size } = this.problem;
    if (size > VALUES_SIZE || core.length > VALUES_CORE) return null;
    const possible: number[][] = [];
    for (const q of core) {
      const hints = this.only(core);
      const values = new Set<number>();
      for (let x = 0; x < size; x++) {
        if (x === q || x === this.hints[q] || values.has(x)) continue;
        hints[q] = x;
        const found = this.search.run(hints);
        if (found.verdict === 'undecided') return null;
        if (found.verdict === 'found') values.add(x);
      }
      possible.push([...values]);
    }
    return possible;
  }
}

function allGiven(hints: Int32Array): number[] {
  const given: number[] = [];
  for (let q = 1; q < hints.length; q++) if (hints[q]! >= 0) given.push(q);
  return given;
}

function isFull(hints: Int32Array): boolean {
  return hints.indexOf(UNKNOWN, 1) < 0;
}

/** Processes on the ways up by birth from the process at fault: its session's members may be needed too. */
function hintsConcerned(problem: BirthProblem, hints: Int32Array, fault: MapFault): number[] {
  const concerned = new Set<number>();
  const climb = (from: number): void => {
    for (let q = from; q > 0 && !concerned.has(q); q = hints[q]!) concerned.add(q);
  };
  climb(fault.process);
  if (fault.fault === 'parent') climb(problem.parent[fault.process]!);
  if (fault.fault === 'session' || fault.fault === 'leader') {
    const sessions = [fault.session, ...(fault.fault === 'leader' ? [fault.other] : [])];
    for (let q = 1; q < problem.size; q++) if (sessions.includes(problem.session[q]!)) climb(q);
  }
  return [...concerned].sort((a, b) => a - b);
}
