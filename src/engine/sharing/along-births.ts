/**
 * Plans of a tree without what only birth gives, whose births are to carry it (carry.ts), with terminals and exit signals.
 *
 * In: a tree and a request. Out: of these plans that carry all of it and lead to the tree the one with the fewest helpers, as
 * `verified`: no other one is verified after it. Else why not, as far as it is not what is shared.
 * Cost: that of the planner, and O(steps · kinds) a plan.
 */

import type { GivenBirths } from '../births/given-births.ts';
import type { DecidedSteps, Decision } from '../decide/decision.ts';
import { planTree } from '../decide/plan-tree.ts';
import type { UndecidedReason } from '../planner/draft.ts';
import type { DraftSteps, PlanRequest } from '../planner/plan-request.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { signalsAlone } from '../tree/sharing.ts';
import { carried } from './carry.ts';
import type { Proposal } from './carrying-births.ts';
import { withExitSignals } from './exit-signals.ts';
import { withTerminals } from './terminals.ts';

/** Contradictions in births that are proposed, until they are given up. */
const MOST_LEFT_OUT = 12;

export class AlongBirths {
  verified: DecidedSteps | null = null;
  private readonly tree: ProcessTree;
  private readonly request: PlanRequest;
  private readonly exec: boolean;
  /** Did all births that were found carry it, and were there some that could not give exit signals? */
  private isCarried = true;
  private lacksSignals = false;

  constructor(tree: ProcessTree, request: PlanRequest, exec: boolean) {
    this.tree = tree;
    this.request = request;
    this.exec = exec;
  }

  /** @param demanded where the births of the request are proposed: those of them that are a demand */
  planned(request: PlanRequest, demanded: Int32Array | null = null): Decision {
    const leadsToTree = (draft: DecidedSteps): boolean => {
      const { births } = draft;
      if (!demanded || !births) return this.leadsToTree(draft);
      return this.leadsToTree({ ...draft, births: { ...births, hints: demanded } });
    };
    // Over several pid namespaces the births of a plan are asked to give exit signals by themselves.
    const sharing = this.tree.namespaces.length > 1 ? signalsAlone(this.tree.sharing?.exitSignal) : null;
    return planTree({ ...this.tree, sharing }, { ...request, leadsToTree, plainBirths: true });
  }

  /** Births that are proposed, and without those of them that namespaces do not allow. */
  tryBirths(proposal: Proposal, request: PlanRequest, demanded: Int32Array): void {
    let { births, ordered } = proposal;
    for (let tries = 0; tries <= MOST_LEFT_OUT; tries++, ordered = []) {
      const options = { ...request.options, births };
      const decision = this.planned({ ...request, options, ordered }, demanded);
      if (decision.kind !== 'births' || decision.refusal.kind !== 'contradiction') return;
      const core = new Set(decision.refusal.contradiction.core.map((p) => this.tree.pid[p]!));
      const left = Object.entries(births).filter(([pid]) => !core.has(Number(pid)));
      if (left.length === Object.keys(births).length) return;
      births = Object.fromEntries(left);
    }
  }

  /** Why there is no plan, where it is not what is shared. Births were found, and others tried in vain, perhaps until the work was done. */
  reason(without: Decision): Decision | null {
    if (!this.isCarried) return null;
    if (this.lacksSignals) return undecided('exit signals');
    return without.kind === 'undecided' && without.reason !== 'not verified' ? without : null;
  }

  private leadsToTree(draft: DecidedSteps): boolean {
    const { tree, exec } = this;
    const steps = carried(tree, draft.steps) ?? (exec ? carried(tree, draft.steps, true) : null);
    if (!steps) this.isCarried = false;
    const full = steps && withGifts(tree, { ...draft, steps });
    if (steps && !full) this.lacksSignals = true;
    if (!full) return false;
    if (this.verified && this.verified.helpers.length <= full.helpers.length) return true;
    if (!this.request.leadsToTree(full)) return false;
    this.verified = full;
    return true;
  }
}

/** With terminals, which any steps can have, and exit signals; null: these births cannot give them. */
export function withGifts(tree: ProcessTree, draft: DraftSteps): DraftSteps | null {
  const steps = withExitSignals(tree, withTerminals(tree, draft.steps));
  return steps && { ...draft, steps };
}

export function undecided(reason: UndecidedReason): Decision {
  return { kind: 'undecided', reason };
}

/** Is a process of the tree said to be born of nobody in it? The search does not know of that. */
export function isBornOutside(given: GivenBirths | null): boolean {
  return given !== null && given.bornOutside >= 0;
}
