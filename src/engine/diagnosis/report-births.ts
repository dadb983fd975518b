/**
 * What a planning says about births: missing ones, other histories, an order that was put aside.
 *
 * In: a tree, the options, what the plan had to agree with, and the births of the plan as the simulator saw them.
 * Out: diagnostics. How many histories there are is worked out on trees of up to PLANNING_LIMITS.exactSize processes
 * only, so that larger plans cost nothing more; `birthAnalysis` answers for others.
 */

import type { Diagnostic } from '../answer-types/diagnostic.ts';
import type { BirthMap } from '../births/birth-map.ts';
import { givenBirths } from '../births/given-births.ts';
import { birthProblem } from '../births/nested-problem.ts';
import { analyseBirths, PLANNING_LIMITS } from '../histories/birth-analysis.ts';
import type { BirthDemand } from '../histories/birth-demand.ts';
import type { PlanOptions } from '../plan/plan-options.ts';
import type { WorkBudget } from '../plan/work-budget.ts';
import { hasInjected } from '../tree/outside.ts';
import { UNKNOWN } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { ambiguousOrigin, ignoredOrder, missingBirths } from './birth-findings.ts';

/** Is the number of histories worked out beside a plan? */
export function isAnalysed(tree: ProcessTree): boolean {
  return tree.size <= PLANNING_LIMITS.exactSize && !hasInjected(tree);
}

/** @param taken births of the plan; null where there is none, or where the tree is not analysed, as where some are outside */
export function reportBirths(
  tree: ProcessTree,
  options: PlanOptions,
  demand: BirthDemand | null,
  taken: BirthMap | null,
  budget: WorkBudget,
): Diagnostic[] {
  const given = demand ? null : givenBirths(tree, options);
  const hints = demand?.hints ?? given?.hints ?? null;
  if (!taken || !isAnalysed(tree) || taken.includes(-1, 1)) {
    return [...missingBirths(tree, hints, null), ...ignoredOrder(demand?.order ?? 'none given')];
  }
  const problem = birthProblem(tree);
  if (!problem) return missingBirths(tree, hints, null);
  const order = demand?.order === 'followed' ? (givenBirths(tree, options)?.order ?? null) : null;
  const analysis = analyseBirths(
    problem,
    hints ?? new Int32Array(tree.size).fill(UNKNOWN),
    order,
    PLANNING_LIMITS,
    budget,
  );
  const known = typeof analysis === 'string' ? null : analysis;
  return [
    ...missingBirths(tree, hints, known),
    ...(known ? ambiguousOrigin(tree, problem, known, taken) : []),
    ...ignoredOrder(demand?.order ?? 'none given'),
  ];
}
