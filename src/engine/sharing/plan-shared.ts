/**
 * Plan a tree with what only birth gives: the front door of this room.
 *
 * In: a tree and a request. Out: a draft, as the planner gives one. A tree that shares nothing, has no other exit
 * signal and no terminal is the planner's as it stands.
 * First the plan of the tree without all that: where it is refused, so is the tree; where its births carry the classes
 * (carry.ts), those are its plan. Else the state search decides, without execve first, then with it; what is possible
 * only with threads that live for a while, or with other exit signals, is told apart and not planned. Nothing here is
 * verified but by the request's `leadsToTree`. Over several pid namespaces the search only proposes births.
 * Cost: near-linear where the births carry the classes, else within the request's budget.
 */

import { type GivenBirths, givenBirths } from '../births/given-births.ts';
import type { DecidedSteps, Decision } from '../decide/decision.ts';
import { planTree } from '../decide/plan-tree.ts';
import { withShare } from '../plan/work-budget.ts';
import type { UndecidedReason } from '../planner/draft.ts';
import { brokenRules } from '../planner/local-rules.ts';
import type { DraftSteps, PlanRequest } from '../planner/plan-request.ts';
import { problemOf } from '../planner/problem-of-tree.ts';
import { outsideNumbers } from '../tree/outside.ts';
import { UNKNOWN } from '../tree/process-columns.ts';
import { hasInjected, type ProcessTree } from '../tree/process-tree.ts';
import { sharedKinds, signalsAlone } from '../tree/sharing.ts';
import { FILES, FS, NOT_TOLD } from '../tree/sharing-columns.ts';
import { birthScript } from './birth-script.ts';
import { carried } from './carry.ts';
import { carryingBirths, type Proposal } from './carrying-births.ts';
import { withExitSignals } from './exit-signals.ts';
import type { Move } from './moves.ts';
import { scheduleScript } from './schedule-script.ts';
import { type SharingProblem, sharingProblem, waysOf, withoutExitSignals } from './sharing-problem.ts';
import { deadClasses, spacesOfZombies } from './spaces-of-zombies.ts';
import type { SearchOptions } from './state-questions.ts';
import { type Found, searchStates } from './state-search.ts';
import { withTerminals } from './terminals.ts';

/** The search looks at every process in every call, and goes down with the processes. */
const LARGEST_SEARCHED = 1500;

/** Contradictions in births that are proposed, until they are given up. */
const MOST_LEFT_OUT = 12;

export function planShared(tree: ProcessTree, request: PlanRequest): Decision {
  if (!givesByBirth(tree)) return planTree(tree, request);
  const broken = brokenRules(tree, outsideNumbers(tree));
  if (broken.length > 0) return { kind: 'rules', broken };
  if (tree.namespaces.length > 1) return planNestedShared(tree, request);
  const along = new AlongBirths(tree, request, false);
  const without = along.planned(request);
  if (along.verified) return along.verified;
  if (without.kind !== 'steps' && without.kind !== 'undecided') return without;
  if (holdsByThread(tree)) return undecided('threads');
  const given = givenBirths(tree, request.options);
  const isFlat = !hasInjected(tree) && !isBornOutside(given);
  if (isFlat && searched(tree) <= LARGEST_SEARCHED) {
    if (request.options.history === 0) return decided(tree, request, given);
    // The search finds one history: others are there only where the planner's own births carry the classes.
    const first = decided(tree, { ...request, leadsToTree: () => true }, given);
    return first.kind === 'steps' ? undecided('no such history') : first;
  }
  return along.reason(without) ?? undecided(isFlat ? 'work limit' : 'shared resources');
}

/** Over several pid namespaces: the births of a plan, then those that the search finds for what is shared. */
function planNestedShared(tree: ProcessTree, request: PlanRequest): Decision {
  const { budget, options } = request;
  const along = new AlongBirths(tree, request, true);
  const without = withShare(budget, budget.work / 3, (share) => along.planned({ ...request, budget: share }));
  if (along.verified) return along.verified;
  if (without.kind !== 'steps' && without.kind !== 'undecided') return without;
  if (holdsByThread(tree)) return undecided('threads');
  const given = givenBirths(tree, options);
  if (options.history === 0 && !isBornOutside(given) && searched(tree) <= LARGEST_SEARCHED) {
    const hints = given?.hints ?? new Int32Array(tree.size).fill(UNKNOWN);
    for (const proposal of carryingBirths(tree, hints, budget)) {
      along.tryBirths(proposal, request, hints);
      if (along.verified) return along.verified;
    }
  }
  if (without.kind === 'undecided' && without.reason === 'work limit') {
    const again = along.planned(request);
    if (along.verified) return along.verified;
    if (again.kind !== 'steps' && again.kind !== 'undecided') return again;
  }
  return along.reason(without) ?? undecided('shared resources');
}

/** Plans of the tree without what is shared, whose births are to carry it. */
class AlongBirths {
  verified: DecidedSteps | null = null;
  private readonly tree: ProcessTree;
  private readonly request: PlanRequest;
  private readonly exec: boolean;
  /** Did all births that were found carry it, and was it exit signals that they could not give? */
  private isCarried = true;
  private readonly attempt = { exitSignals: false };

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
      if (this.verified || decision.kind !== 'births' || decision.refusal.kind !== 'contradiction') return;
      const core = new Set(decision.refusal.contradiction.core.map((p) => this.tree.pid[p]!));
      const left = Object.entries(births).filter(([pid]) => !core.has(Number(pid)));
      if (left.length === Object.keys(births).length) return;
      births = Object.fromEntries(left);
    }
  }

  /** Why there is no plan, where it is not what is shared. Births were found, and others tried in vain, perhaps until the work was done. */
  reason(without: Decision): Decision | null {
    if (!this.isCarried) return null;
    if (this.attempt.exitSignals) return undecided('exit signals');
    return without.kind === 'undecided' && without.reason !== 'not verified' ? without : null;
  }

  private leadsToTree(draft: DecidedSteps): boolean {
    const { tree, exec } = this;
    const steps = carried(tree, draft.steps) ?? (exec ? carried(tree, draft.steps, true) : null);
    if (!steps) this.isCarried = false;
    const full = steps && withGifts(tree, { ...draft, steps }, this.attempt);
    if (!full || !this.request.leadsToTree(full)) return false;
    this.verified = full;
    return true;
  }
}

/** Is a process of the tree said to be born of nobody in it? The search does not know of that. */
function isBornOutside(given: GivenBirths | null): boolean {
  return given !== null && given.bornOutside >= 0;
}

/** How many processes the search has to place. */
function searched(tree: ProcessTree): number {
  const { bornLast } = sharingProblem(tree, problemOf(tree));
  return bornLast.reduce((count, isLast) => count - isLast, tree.size);
}

function undecided(reason: UndecidedReason): Decision {
  return { kind: 'undecided', reason };
}

/** Terminals and exit signals, which any steps can have that make the right births. */
function withGifts(
  tree: ProcessTree,
  draft: DraftSteps,
  attempt: { exitSignals: boolean },
): DraftSteps | null {
  const steps = withExitSignals(tree, withTerminals(tree, draft.steps));
  if (!steps) attempt.exitSignals = true;
  return steps && { ...draft, steps };
}

/** @param given what the births have to agree with; where they cannot, it is told apart from what no births could do */
function decided(tree: ProcessTree, request: PlanRequest, given: GivenBirths | null): Decision {
  const births = problemOf(tree);
  const search = (problem: SharingProblem, options: SearchOptions): Found =>
    withShare(request.budget, request.budget.work / 3, (share) => searchStates(problem, options, share));
  let isOpen = false;
  for (const assumed of spacesOfZombies(tree)) {
    const problem = sharingProblem(tree, births, given?.hints ?? null, assumed);
    for (const exec of waysOf(problem)) {
      const found = search(problem, { exec, threads: false });
      if (found === 'work limit') isOpen = true;
      else if (found.moves) return scheduled(tree, problem, found.moves, given, request);
    }
  }
  if (isOpen) return undecided(given ? 'births' : 'work limit');
  if (given) {
    const anyBirths = decided(tree, { ...request, leadsToTree: () => true }, null);
    return anyBirths.kind === 'steps' ? undecided('births') : anyBirths;
  }
  const problem = withoutExitSignals(sharingProblem(tree, births));
  if (tree.sharing?.exitSignal) {
    for (const exec of waysOf(problem)) {
      const found = search(problem, { exec, threads: false });
      if (found === 'work limit') return undecided('work limit');
      if (found.moves) return undecided('exit signals');
    }
  }
  const withThreads = search(problem, { exec: problem.space >= 0, threads: true });
  if (withThreads === 'work limit') return undecided('work limit');
  if (withThreads.moves) return undecided('threads');
  // Where zombies were that share handlers with zombies only, nobody knows: not all was tried.
  return deadClasses(tree).size > 0 ? undecided('zombies') : { kind: 'sharing' };
}

function scheduled(
  tree: ProcessTree,
  problem: SharingProblem,
  moves: Move,
  given: GivenBirths | null,
  request: PlanRequest,
): Decision {
  request.phase('schedule');
  const schedule = scheduleScript(tree, problem, birthScript(problem, moves), request.options);
  if (!schedule) return undecided('numbers');
  const attempt = { exitSignals: false };
  const steps = withGifts(tree, { kind: 'steps', ...schedule }, attempt);
  // Nobody looked for births that follow their order: it is evidence, and put aside.
  const order = given?.order ? 'work limit' : 'none given';
  const draft = steps && given ? { ...steps, births: { hints: given.hints, order } as const } : steps;
  if (draft && request.leadsToTree(draft)) return draft;
  return undecided(attempt.exitSignals ? 'exit signals' : 'not verified');
}

/** Does birth give something here that the planner knows nothing of? */
function givesByBirth(tree: ProcessTree): boolean {
  const { sharing } = tree;
  if (sharing === null) return false;
  if (sharing.exitSignal !== null || sharedKinds(sharing).length > 0) return true;
  return sharing.terminal?.some((device) => device > 0) ?? false;
}

/** Does a thread hold an object that is another process's too? No process can then have it for the thread. */
function holdsByThread({ size, sharing, threadOffset }: ProcessTree): boolean {
  for (const [column, classes] of [
    [sharing?.threadFiles, sharing?.classes[FILES]],
    [sharing?.threadFs, sharing?.classes[FS]],
  ] as const) {
    if (!column) continue;
    const ownerOf = new Map<number, number>();
    for (let i = 0; i < size; i++) {
      for (let t = threadOffset[i]!; t < threadOffset[i + 1]!; t++) {
        const name = column[t]!;
        if (name === NOT_TOLD) continue;
        if (name < size && classes) return true;
        const other = ownerOf.get(name);
        if (other !== undefined && other !== i) return true;
        ownerOf.set(name, i);
      }
    }
  }
  return false;
}
