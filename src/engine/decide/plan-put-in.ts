/**
 * The plan of a tree whose root is no init, and beside which processes were put in from outside: that of the root's
 * part, then one for each part that was put in (tree/put-in-parts.ts), one after the other.
 *
 * In: such a tree whose local rules hold, what is given of its births, a request. Out: a draft. Whoever was put in first
 * is the root of its part, born of the restorer (pid 0); where nobody of it can be, a helper is, which dies at last, so
 * that the others fall to the init outside. Adding a process above all others takes no history away (theory, lemma L3).
 * Invariant: whoever the restorer bears, or is made by CLONE_PARENT beside it, is reaped by it where it is a helper.
 * Cost: that of the parts, and O(n) for each that has helpers. Kernel rules: A16, C3, C7, G6.
 */

import type { GivenBirths } from '../births/given-births.ts';
import { type Helper, helperAt, helperList } from '../plan/helper-list.ts';
import type { PlanOptions } from '../plan/plan-options.ts';
import { CLONE3, EXIT, PARENT, StepList, WAIT4 } from '../plan/step-list.ts';
import { spend } from '../plan/work-budget.ts';
import type { PlanRequest } from '../planner/plan-request.ts';
import { FreshNumbers } from '../planner/schedule/fresh-numbers.ts';
import type { OutsideNumbers } from '../tree/outside.ts';
import { ZOMBIE } from '../tree/process-columns.ts';
import { OUTSIDE, type ProcessTree } from '../tree/process-tree.ts';
import { putInParts } from '../tree/put-in-parts.ts';
import { treePart } from '../tree/tree-part.ts';
import { demandedBirths } from './births-below-restorer.ts';
import type { DecidedSteps, Decision } from './decision.ts';
import { NO_BIRTHS } from './preferred-nested.ts';

const BORN_OUTSIDE = { kind: 'undecided', reason: 'born outside' } as const;

/** Who plans a part by itself. */
type PlanPart = (part: ProcessTree, request: PlanRequest) => Decision;

export function planPutIn(
  tree: ProcessTree,
  outside: OutsideNumbers,
  given: GivenBirths | null,
  request: PlanRequest,
  planPart: PlanPart,
): Decision {
  const parts = putInParts(tree, outside, given?.hints ?? null, given?.outside ?? new Set());
  if (!parts) return BORN_OUTSIDE;
  const plan = new PutInPlan(tree, given, request, planPart);
  for (const kept of [parts.ofRoot, ...parts.others]) {
    if (!spend(request.budget, kept.length)) return { kind: 'undecided', reason: 'work limit' };
    const refused = kept[0] === 0 ? plan.addRoots(kept) : plan.addPutIn(kept);
    if (refused) return refused;
  }
  return plan.steps();
}

class PutInPlan {
  private readonly tree: ProcessTree;
  private readonly given: GivenBirths | null;
  private readonly request: PlanRequest;
  private readonly planPart: PlanPart;
  private readonly all = new StepList();
  private readonly helpers: Helper[] = [];
  private readonly adopts: Uint8Array;
  /** Numbers that helpers of a part may not have. */
  private readonly taken: number[];

  constructor(tree: ProcessTree, given: GivenBirths | null, request: PlanRequest, planPart: PlanPart) {
    this.tree = tree;
    this.given = given;
    this.request = request;
    this.planPart = planPart;
    this.adopts = new Uint8Array(tree.size);
    const { pid, sid, pgid, threadId } = tree;
    this.taken = [...new Set([...request.options.occupiedPids, ...pid, ...sid, ...pgid, ...threadId])];
  }

  /** @returns why there is no plan */
  addRoots(kept: readonly number[]): Decision | null {
    const { part, decision } = this.planned(kept, this.tree.pid[0]!, this.request.options.history);
    if (decision.kind !== 'steps') return inImage(this.tree, part, decision);
    for (let i = 0; i < decision.steps.length; i++) this.all.copy(decision.steps, i);
    this.take(part, decision);
    return null;
  }

  /** @returns why there is no plan */
  addPutIn(kept: readonly number[]): Decision | null {
    const first = this.firstOf(kept);
    const below = first < 0 ? null : this.planned(kept, this.tree.pid[first]!);
    if (below?.decision.kind === 'steps') {
      this.addBorn(below.part, below.decision);
      return null;
    }
    const number = new FreshNumbers(this.tree, this.request.options.helperPidMin, this.taken).take();
    if (number === 0) return { kind: 'undecided', reason: 'numbers' };
    const { part, decision } = this.planned(kept, number);
    if (decision.kind !== 'steps') return inImage(this.tree, part, decision);
    this.addBorn(part, decision);
    this.all.exit(number, 0);
    this.all.wait4(0, number);
    const serves = kept.filter((i) => this.tree.parent[i] === OUTSIDE).map((i) => this.tree.pid[i]!);
    this.helpers.push({ pid: number, role: 'carrier', serves });
    this.taken.push(number);
    return null;
  }

  steps(): DecidedSteps {
    const { given } = this;
    const order = given?.order ? 'work limit' : 'none given';
    return {
      kind: 'steps',
      steps: this.all,
      helpers: helperList(this.helpers),
      adopts: this.adopts,
      ...(given ? { births: { hints: demandedBirths(given), order } } : {}),
    };
  }

  /** Who can be above the others of a part that was put in, and starts in session 0; −1: nobody. */
  private firstOf(kept: readonly number[]): number {
    const { parent, namespace, state, sid, pid } = this.tree;
    const said = kept.filter((i) => this.given?.outside.has(i));
    if (said.length > 1) return -1;
    const can = kept.filter((i) => {
      const isTop = parent[i] === OUTSIDE && namespace[i] === 0 && (said.length === 0 || said[0] === i);
      return isTop && (kept.length === 1 || state[i] !== ZOMBIE);
    });
    return can.find((i) => sid[i] === 0) ?? can.find((i) => sid[i] === pid[i]) ?? -1;
  }

  private planned(
    kept: readonly number[],
    root: number,
    history = 0,
  ): { readonly part: ProcessTree; readonly decision: Decision } {
    const { tree, given, request } = this;
    const part = treePart(tree, kept, root)!;
    const births: Record<number, number> = {};
    for (let p = 0; p < part.size; p++) {
      const i = tree.indexOf(part.pid[p]!);
      if (i < 0) continue;
      part.subreaper[p] = tree.subreaper[i]!;
      if (p === 0 || !given) continue;
      if (given.outside.has(i)) births[tree.pid[i]!] = root;
      else if (given.hints[i]! >= 0) births[tree.pid[i]!] = tree.pid[given.hints[i]!]!;
    }
    const options: PlanOptions = { ...request.options, births, occupiedPids: this.taken, history };
    return {
      part,
      decision: this.planPart(part, { ...request, options, ordered: [], leadsToTree: () => true }),
    };
  }

  /** Steps of a part whose root the restorer bears. */
  private addBorn(part: ProcessTree, draft: DecidedSteps): void {
    const { all, tree } = this;
    const { steps } = draft;
    const root = part.pid[0]!;
    const ofRestorer = new Set([root]);
    all.clone3(0, root, 0);
    for (let i = 0; i < steps.length; i++) {
      const [op, actor, object] = [steps.op[i]!, steps.actor[i]!, steps.object[i]!];
      if (op === WAIT4 && ofRestorer.delete(object)) continue;
      all.copy(steps, i);
      if (op === CLONE3 && (steps.flags[i]! & PARENT) !== 0 && ofRestorer.has(actor)) ofRestorer.add(object);
      if (op === EXIT && ofRestorer.has(actor) && tree.indexOf(actor) < 0) all.wait4(0, actor);
    }
    this.take(part, draft);
  }

  private take(part: ProcessTree, { helpers, adopts }: DecidedSteps): void {
    if (helpers.length > 0) spend(this.request.budget, this.taken.length);
    for (let h = 0; h < helpers.length; h++) {
      this.helpers.push(helperAt(helpers, h));
      this.taken.push(helpers.pid[h]!);
    }
    for (let p = 0; p < part.size; p++) {
      const i = this.tree.indexOf(part.pid[p]!);
      if (i >= 0) this.adopts[i] = adopts[p]!;
    }
  }
}

/** What was decided of a part, in the indexes of the image: what refuses a part refuses the whole. */
function inImage(tree: ProcessTree, part: ProcessTree, decision: Decision): Decision {
  const moved = (processes: readonly number[]): number[] =>
    processes.map((p) => tree.indexOf(part.pid[p]!)).filter((i) => i >= 0);
  switch (decision.kind) {
    case 'unreachable':
      return { ...NO_BIRTHS, ...decision, processes: moved(decision.processes) };
    case 'undecided':
      return decision.suspects ? { ...decision, suspects: moved(decision.suspects) } : decision;
    case 'births': {
      if (decision.refusal.kind === 'faults') return decision;
      const { core, minimal } = decision.refusal.contradiction;
      const contradiction = { core: moved(core), minimal, possible: null, because: null };
      return { kind: 'births', refusal: { kind: 'contradiction', contradiction } };
    }
    default:
      return decision;
  }
}
