/**
 * Another birth: where the births that were chosen cannot be planned, the same with one of them changed.
 *
 * Over several namespaces births are chosen without a look at groups: a process that stays in a group from outside for
 * ever cannot bear what needs another one (docs/caba.md, section 12). Which birth is at fault is not worked out; each
 * that nobody gave is given each other ancestor in turn.
 * In: the birth problem, what is given, how to plan with given births. Out: a draft with steps, or null.
 * Cost: MOST_TRIES plannings on trees of up to MOST_PROCESSES, nothing beyond.
 */

import type { Draft } from '../planner/draft.ts';
import type { OriginProblem } from '../planner/origin-problem.ts';
import { UNKNOWN } from './birth-map.ts';
import { ForcedAncestors } from './forced-ancestors.ts';

const MOST_PROCESSES = 200;
const MOST_TRIES = 400;

export function planWithAnotherBirth(
  problem: OriginProblem,
  hints: Int32Array,
  planWith: (hints: Int32Array) => Draft,
): Draft | null {
  if (problem.size > MOST_PROCESSES) return null;
  const rules = new ForcedAncestors(problem);
  let tries = 0;
  for (let q = 1; q < problem.size; q++) {
    if (hints[q] !== UNKNOWN) continue;
    const candidates = rules.candidates(q);
    if (candidates.length < 2) continue;
    for (const x of candidates) {
      if (++tries > MOST_TRIES) return null;
      const changed = hints.slice();
      changed[q] = x;
      const draft = planWith(changed);
      if (draft.kind === 'steps') return draft;
    }
  }
  return null;
}
