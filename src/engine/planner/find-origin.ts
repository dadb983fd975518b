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

import { withScratch } from '../tree/scratch.ts';
import { proposeBirths } from './birth-proposal.ts';
import { checkBirths, type RegionOrder } from './exact-check.ts';
import { decideExactly } from './exact-decision.ts';
import { openClusters, type Script, waitLists } from './opening-order.ts';
import type { OriginProblem } from './origin-problem.ts';
import { liftedParents, partialProblem, withAncestors } from './partial-problem.ts';
import { extractRequirements } from './requirements.ts';

export type OriginVerdict =
  | { readonly verdict: 'reachable'; readonly order: RegionOrder }
  | { readonly verdict: 'unreachable'; readonly processes: readonly number[] }
  | { readonly verdict: 'undecided'; readonly processes: readonly number[] };

/** Proposals tried on a small problem; on a large one their number shrinks so that their work stays bounded. */
const ATTEMPTS = 2000;
const ATTEMPT_WORK = 4_000_000;
/** The exact procedure is recursive and about cubic. */
const EXACT_SIZE = 2000;
const EXACT_WORK = 200_000_000;

export function findOrigin(problem: OriginProblem): OriginVerdict {
  return withScratch(() => {
    const found = searched(problem);
    return found.verdict === 'reachable' ? { ...found, order: outlasting(found.order) } : found;
  });
}

/** A copy in memory of its own, one piece. */
function outlasting({ birth, predecessors, order }: RegionOrder): RegionOrder {
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

function searched(problem: OriginProblem): OriginVerdict {
  const requirements = extractRequirements(problem);
  if ('contradiction' in requirements)
    return { verdict: 'unreachable', processes: requirements.contradiction };
  const lists = waitLists(problem, requirements);

  const attempts = Math.max(3, Math.min(ATTEMPTS, ATTEMPT_WORK / problem.size));
  let script: Script | null = { picks: [], widths: [] };
  let processes: readonly number[] = [];
  for (let attempt = 0; attempt < attempts && script; attempt++) {
    const turns = script;
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
    script = nextScript(script);
  }

  if (problem.pinned) return { verdict: 'undecided', processes };
  if (problem.size + problem.sessionCount > EXACT_SIZE) return decidePart(problem, processes);
  const exact = decideExactly(problem, EXACT_WORK);
  if (!exact) return { verdict: 'undecided', processes };
  if ('stuck' in exact) return { verdict: 'unreachable', processes: exact.stuck };
  const order = checkBirths(problem, exact.birth);
  if (!order) throw new Error('The exact procedure placed elements that the exact check refuses.');
  return { verdict: 'reachable', order };
}

/** A large problem: a part that is unreachable proves that the whole is; a part that is reachable proves nothing. */
function decidePart(problem: OriginProblem, processes: readonly number[]): OriginVerdict {
  const kept = withAncestors(problem, processes);
  if (kept.length > EXACT_SIZE) return { verdict: 'undecided', processes };
  const part = partialProblem(problem, kept, liftedParents(problem, kept));
  const unreachable = part !== null && findOrigin(part).verdict === 'unreachable';
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
