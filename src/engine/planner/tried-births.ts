/**
 * Tried births: a proposal in which some leaders are born where that would save helpers, if it goes at all.
 *
 * In: an origin problem whose known births are nothing that has to be, with its requirements, and births that have to be.
 * Out: an order that carries the tree; null: none was found. Births that a proposal fails by are taken back, and it is made
 * anew.
 * Cost: at most TRIES proposals, each with its exact check.
 */

import { spend, type WorkBudget } from '../plan/work-budget.ts';
import type { ColumnOf, SessionIndex } from '../tree/index-kinds.ts';
import { proposeBirths } from './birth-proposal.ts';
import { checkBirths, type RegionOrder } from './exact-check.ts';
import { openClusters } from './opening-order.ts';
import { type Contradiction, extractRequirements, type Requirements } from './requirements.ts';
import type { TriedBirths } from './unknotted-births.ts';
import { waitLists } from './wait-lists.ts';

const TRIES = 3;
/** Passes over its elements that a proposal with its check takes. */
const TRY_PASSES = 10;

export function orderWithTried(
  { problem, requirements }: TriedBirths,
  budget: WorkBudget,
  certain: ColumnOf<SessionIndex> | null = null,
): RegionOrder | null {
  const knownBirth = problem.knownBirth!.slice();
  const tried = { ...problem, knownBirth };
  let required: Requirements | Contradiction = requirements;
  for (let tries = 0; tries < TRIES; tries++) {
    if (!spend(budget, TRY_PASSES * (problem.size + problem.sessionCount))) return null;
    if (tries > 0) required = extractRequirements(tried);
    if ('contradiction' in required) return null;
    const lists = waitLists(tried, required);
    const opening = openClusters(tried, required, lists, { picks: [], widths: [] });
    const births = opening.failure ? opening : proposeBirths(tried, opening);
    if (births instanceof Int32Array) return checkBirths(problem, births);
    let takenBack = 0;
    for (const v of births.alike ?? births.processes) {
      const s = problem.session[v]!;
      if (knownBirth[s]! < 0 || (certain && certain[s]! >= 0)) continue;
      knownBirth[s] = -1;
      takenBack++;
    }
    if (takenBack === 0) return null;
  }
  return null;
}
