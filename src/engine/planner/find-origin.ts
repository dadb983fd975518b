/**
 * Find an origin (theory, steps 1 to 6): births that lead to the wanted tree, or the verdict that there are none.
 *
 * In: the origin problem. Out: reachable with the births and the order inside the regions; unreachable, with the
 * processes to begin the search for a small conflict with; or undecided, when the work limit was reached.
 * Proposals (opening order, then birth proposal) are judged by the exact check. A proposal that fails without having
 * made a choice is a proof. Otherwise its choice points are turned like an odometer, and at last the exact procedure
 * decides.
 * Cost: near-linear in practice; 0.02 % of adversarial images need a second proposal.
 */

import { fullWork, spend, type WorkBudget, withShare } from '../plan/work-budget.ts';
import { withScratch } from '../tree/scratch.ts';
import { proposeBirths } from './birth-proposal.ts';
import { checkBirths, type RegionOrder } from './exact-check.ts';
import { decideExactly } from './exact-decision.ts';
import { openClusters, type Script } from './opening-order.ts';
import type { OriginProblem } from './origin-problem.ts';
import { liftedParents, partialProblem, withAncestors } from './partial-problem.ts';
import { extractRequirements } from './requirements.ts';
import { waitLists } from './wait-lists.ts';

export type OriginVerdict =
  | { readonly verdict: 'reachable'; readonly order: RegionOrder }
  | { readonly verdict: 'unreachable'; readonly processes: readonly number[] }
  | { readonly verdict: 'undecided'; readonly processes: readonly number[] };

/** Work of all proposals but the first, and passes over its elements that one takes. */
const PROPOSALS_WORK = 1_000_000;
const PROPOSAL_PASSES = 16;
/** A proposal for a problem of no size. */
const PROPOSAL_WORK = 200;
/** The exact procedure is recursive and about cubic. */
const EXACT_SIZE = 2000;

export function findOrigin(
  problem: OriginProblem,
  budget: WorkBudget = { work: fullWork(problem.size) },
): OriginVerdict {
  return withScratch(() => {
    const found = searched(problem, budget);
    return found.verdict === 'reachable' ? { ...found, order: outlasting(found.order) } : found;
  });
}

/** A copy in memory of its own, one piece. */
export function outlasting({ birth, predecessors, order }: RegionOrder): RegionOrder {
  const { offset, items } = predecessors;
  const memory = new Int32Array(birth.length + offset.length + items.length + order.length);
  let used = 0;
  const copy = (column: Int32Array): Int32Array => {
    memory.set(column, used);
    used += column.length;
    return memory.subarray(used - column.length, used);
  };
  return {
    birth: copy(birth),
    predecessors: { offset: copy(offset), items: copy(items) },
    order: copy(order),
  };
}

function searched(problem: OriginProblem, budget: WorkBudget): OriginVerdict {
  const requirements = extractRequirements(problem);
  if ('contradiction' in requirements)
    return { verdict: 'unreachable', processes: requirements.contradiction };
  const lists = waitLists(problem, requirements);

  let script: Script | null = { picks: [], widths: [] };
  let processes: readonly number[] = [];
  const cost = PROPOSAL_WORK + PROPOSAL_PASSES * (problem.size + problem.sessionCount);
  const propose = (share: WorkBudget): OriginVerdict | null => {
    for (; script; script = nextScript(script)) {
      if (script.picks.length > 0 && !spend(share, cost)) return null;
      const turns: Script = script;
      const proposal = withScratch(() => {
        const opening = openClusters(problem, requirements, lists, turns);
        const births = opening.failure ? opening : proposeBirths(problem, opening);
        return births instanceof Int32Array ? births.slice() : births;
      });
      if (proposal instanceof Int32Array) {
        const order = checkBirths(problem, proposal);
        if (order) return { verdict: 'reachable', order };
      } else {
        processes = proposal.processes;
        if (proposal.certain) return { verdict: 'unreachable', processes };
      }
    }
    return null;
  };
  const proposed = withShare(budget, Math.max(PROPOSALS_WORK, 3 * cost), propose);
  if (proposed) return proposed;

  if (problem.pinned) return { verdict: 'undecided', processes };
  if (problem.size + problem.sessionCount > EXACT_SIZE) return decidePart(problem, processes, budget);
  const exact = decideExactly(problem, budget);
  if (!exact) return { verdict: 'undecided', processes };
  if ('stuck' in exact) return { verdict: 'unreachable', processes: exact.stuck };
  const order = checkBirths(problem, exact.birth);
  if (!order) throw new Error('The exact procedure placed elements that the exact check refuses.');
  return { verdict: 'reachable', order };
}

/** A large problem: a part that is unreachable proves that the whole is; a part that is reachable proves nothing. */
function decidePart(problem: OriginProblem, processes: readonly number[], budget: WorkBudget): OriginVerdict {
  const kept = withAncestors(problem, processes);
  if (kept.length > EXACT_SIZE) return { verdict: 'undecided', processes };
  const part = partialProblem(problem, kept, liftedParents(problem, kept));
  const unreachable = part !== null && findOrigin(part, budget).verdict === 'unreachable';
  return { verdict: unreachable ? 'unreachable' : 'undecided', processes };
}

/** The next combination of picks: the last digit turns first. Null when all have been tried. */
function nextScript({ picks, widths }: Script): Script | null {
  const digits = widths.map((_, i) => picks[i] ?? 0);
  for (let i = digits.length - 1; i >= 0; i--) {
    if (digits[i]! + 1 < widths[i]!) return { picks: [...digits.slice(0, i), digits[i]! + 1], widths: [] };
  }
  return null;
}
