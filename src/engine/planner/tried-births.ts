/**
 * Tried births: a proposal in which some leaders are born where that would save helpers, if it goes at all.
 *
 * In: an origin problem whose known births are nothing that has to be, with its requirements, and births that have to be.
 * Out: births that are proposed then, which the exact check has to judge, or an order that it found to carry the tree;
 * null: none was found. Births that a proposal fails by are taken back, and it is made anew.
 * Cost: at most TRIES proposals.
 */

import { spend, type WorkBudget } from '../plan/work-budget.ts';
import type { ColumnOf, SessionIndex } from '../tree/index-kinds.ts';
import { bytes, withScratch } from '../tree/scratch.ts';
import { proposeBirths } from './birth-proposal.ts';
import { checkBirths, type RegionOrder } from './exact-check.ts';
import { type Failure, openClusters } from './opening-order.ts';
import type { OriginProblem } from './origin-problem.ts';
import { type Contradiction, extractRequirements, type Requirements } from './requirements.ts';
import type { TriedBirths } from './unknotted-births.ts';
import { waitLists } from './wait-lists.ts';

const TRIES = 3;
/** Passes over its elements that an opening order takes, and a proposal from it with its check. */
const OPENING_PASSES = 4;
const PROPOSAL_PASSES = 6;

export function orderWithTried(
  tried: TriedBirths,
  budget: WorkBudget,
  certain: ColumnOf<SessionIndex> | null = null,
): RegionOrder | null {
  const births = birthsWithTried(tried, budget, certain);
  return births && checkBirths(tried.problem, births);
}

function proposed(problem: OriginProblem, requirements: Requirements): Int32Array | Failure {
  return withScratch(() => {
    const opening = openClusters(problem, requirements, waitLists(problem, requirements));
    const births = 'certain' in opening ? opening : proposeBirths(problem, opening);
    return births instanceof Int32Array ? births.slice() : births;
  });
}

export function birthsWithTried(
  { problem, requirements }: TriedBirths,
  budget: WorkBudget,
  certain: ColumnOf<SessionIndex> | null = null,
): Int32Array | null {
  const knownBirth = problem.knownBirth!.slice();
  const tried = { ...problem, knownBirth };
  let required: Requirements | Contradiction = requirements;
  const elements = problem.size + problem.sessionCount;
  for (let tries = 0; tries < TRIES; tries++) {
    if (!spend(budget, OPENING_PASSES * elements)) return null;
    if (tries > 0) required = extractRequirements(tried);
    if ('contradiction' in required) return null;
    const { birth } = required;
    const births = proposed(tried, required);
    if (births instanceof Int32Array) {
      spend(budget, PROPOSAL_PASSES * elements);
      return births;
    }
    const seen = bytes(problem.sessionCount);
    let takenBack = 0;
    for (const v of births.alike ?? births.processes) {
      // Whoever is in the wrong place may be there by its own birth, or by one further out.
      for (let s = problem.session[v]!; s >= 0 && !seen[s]; s = birth[s]!) {
        seen[s] = 1;
        if (knownBirth[s]! < 0 || (certain && certain[s]! >= 0)) continue;
        knownBirth[s] = -1;
        takenBack++;
        break;
      }
    }
    if (takenBack === 0) return null;
  }
  return null;
}
