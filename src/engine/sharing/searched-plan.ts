/**
 * The plan of a tree in one pid namespace whose births the state search finds, with what they are to carry.
 *
 * In: a tree, a request, and births to keep to. Out: a draft; a refusal where no births carry what is shared; or what is possible
 * only with threads, or with other exit signals, told apart.
 * Cost: within the request's budget.
 */
import type { GivenBirths } from '../births/given-births.ts';
import type { Decision } from '../decide/decision.ts';
import { type WorkBudget, withShare } from '../plan/work-budget.ts';
import type { PlanRequest } from '../planner/plan-request.ts';
import { problemOf } from '../planner/problem-of-tree.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { undecided, withGifts } from './along-births.ts';
import { birthScript } from './birth-script.ts';
import { IndependentParts } from './independent-parts.ts';
import type { Move } from './moves.ts';
import { scheduleScript } from './schedule-script.ts';
import {
  mayNeedExec,
  placed,
  type SharingProblem,
  sharingProblem,
  waysOf,
  withUntold,
} from './sharing-problem.ts';
import { guessedSpaces, ofZombies, withoutSpace } from './spaces-of-handlers.ts';
import { NOBODY, type SearchOptions, StateQuestions } from './state-questions.ts';
import { type Found, searchStates } from './state-search.ts';

/** The search looks at every process of a part in every call. */
const LARGEST_SEARCHED = 30_000;

/**
 * Has the search few enough processes to place? It places each of the parts by itself that have nothing in common but the
 * root, or what the root has.
 */
export function isSearchable(tree: ProcessTree, hints: Int32Array | null): boolean {
  const problem = sharingProblem(tree, problemOf(tree), hints);
  const ofRoot = problem.ends.map((column) => column[0]!);
  const questions = new StateQuestions(problem, { exec: false, threads: false });
  const parts = new IndependentParts(problem, questions).of(ofRoot, NOBODY, placed(problem));
  return parts.every(({ q }) => q.length <= LARGEST_SEARCHED);
}

/** @param given what the births have to agree with; where they cannot, it is told apart from what no births could do */
export function decided(tree: ProcessTree, request: PlanRequest, given: GivenBirths | null): Decision {
  const plan = searchedPlan(tree, request, given?.hints ?? null, given);
  if (plan.kind !== 'sharing') return plan;
  if (given) {
    const anyBirths = decided(tree, { ...request, leadsToTree: () => true }, null);
    return anyBirths.kind === 'steps' ? undecided('births') : anyBirths;
  }
  const search = (problem: SharingProblem, options: SearchOptions): Found =>
    searchedWithin(problem, options, request.budget);
  const births = problemOf(tree);
  const untold = withoutSpace(tree);
  const dead = ofZombies(tree, untold);
  const asTold = sharingProblem(tree, births);
  // What is told was tried, with guesses for zombies: with what the image leaves out it may have a history.
  for (const assumed of guessedSpaces(tree, untold)) {
    const told = sharingProblem(tree, births, null, assumed);
    const open = withUntold(told, tree);
    if (!open && (assumed.size === 0 || dead.size === untold.size)) continue;
    const found = search(open ?? told, { exec: mayNeedExec(told), threads: false });
    if (found === 'work limit') return undecided('work limit');
    if (found.moves) return undecided('classes');
  }
  const problem = withUntold(asTold, tree) ?? asTold;
  const withThreads = search(problem, { exec: mayNeedExec(problem), threads: true });
  if (withThreads === 'work limit') return undecided('work limit');
  if (withThreads.moves) return undecided('threads');
  // Where zombies were that share handlers with zombies only, nobody knows: not all was tried.
  return dead.size > 0 ? undecided('zombies') : { kind: 'sharing' };
}

/** @param hints births that the search keeps to; nothing is said of threads where it finds none */
export function searchedPlan(
  tree: ProcessTree,
  request: PlanRequest,
  hints: Int32Array | null,
  given: GivenBirths | null,
): Decision {
  const births = problemOf(tree);
  let isOpen = false;
  for (const assumed of guessedSpaces(tree, ofZombies(tree, withoutSpace(tree)))) {
    const problem = sharingProblem(tree, births, hints, assumed);
    for (const exec of waysOf(problem)) {
      const found = searchedWithin(problem, { exec, threads: false }, request.budget);
      if (found === 'work limit') isOpen = true;
      else if (found.moves) return scheduled(tree, problem, found.moves, given, request);
    }
  }
  if (isOpen) return undecided(given ? 'births' : 'work limit');
  return { kind: 'sharing' };
}

function searchedWithin(problem: SharingProblem, options: SearchOptions, budget: WorkBudget): Found {
  return withShare(budget, budget.work / 2, (share) => searchStates(problem, options, share));
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
  const steps = withGifts(tree, { kind: 'steps', ...schedule });
  if (!steps) return undecided(request.options.allowCloneParent ? 'exit signals' : 'CLONE_PARENT');
  // Nobody looked for births that follow their order: it is evidence, and put aside.
  const order = given?.order ? 'work limit' : 'none given';
  const draft = given ? { ...steps, births: { hints: given.hints, order } as const } : steps;
  return request.leadsToTree(draft) ? draft : undecided('not verified');
}
