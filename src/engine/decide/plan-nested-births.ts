/**
 * Births over several pid namespaces: the preferred plan, then every other history, until one leads to the tree.
 *
 * In: a tree whose local rules hold, what is given of its births, a request. Out: a draft.
 * The preferred plan (preferred-nested.ts) solves one problem over all of them, and has few helpers. Where it finds
 * nothing, or its steps do not lead to the tree, the search over maps of births decides (histories/search/search-map.ts). That is
 * complete: no map means no history. Each map that there is gets scheduled in turn.
 * Cost: near-linear where the preferred plan is good, else within the request's budget.
 */

import type { BirthMap } from '../births/birth-map.ts';
import type { BirthProblem } from '../births/birth-problem.ts';
import { fittingMap } from '../births/check-map.ts';
import type { GivenBirths } from '../births/given-births.ts';
import { nestedOriginOfMap } from '../births/nested-map-origin.ts';
import { nestedOriginOfOrder } from '../births/nested-ordered-origin.ts';
import { nestedProblem } from '../births/nested-problem.ts';
import { birthMaps } from '../histories/birth-maps.ts';
import { isSpent, spend, type WorkBudget, withShare } from '../plan/work-budget.ts';
import { boundaryBirths } from '../planner/nested/boundary-births.ts';
import { certainClasses } from '../planner/nested/certain-classes.ts';
import { inheritOnlyOwner } from '../planner/nested/inherit-only-owner.ts';
import { scheduleNested } from '../planner/nested/nested-draft.ts';
import { type NestedTree, nestedTree } from '../planner/nested/nested-tree.ts';
import { withOutsideSession } from '../planner/nested/outside-session.ts';
import type { OrderedBirths } from '../planner/ordered-births.ts';
import type { PlanRequest } from '../planner/plan-request.ts';
import { outsideNumbers } from '../tree/outside.ts';
import { UNKNOWN } from '../tree/process-columns.ts';
import type { ProcessTree } from '../tree/process-tree.ts';
import { withAncestors, withInits, withOwners } from '../tree/related-processes.ts';
import { treePart } from '../tree/tree-part.ts';
import { belowRestorer, demandedBirths, shifted } from './births-below-restorer.ts';
import type { DecidedSteps, Decision } from './decision.ts';
import { type Preferred, planBirths, refusedBirths } from './plan-births.ts';
import { NO_BIRTHS, preferredNested } from './preferred-nested.ts';

/** A tree whose births are to be planned over several pid namespaces. */
export interface NestedQuestion {
  readonly tree: ProcessTree;
  /** `tree`, or that with the restorer above it, in `hidden` namespaces that no plan shows. */
  readonly shown: ProcessTree;
  /** What is known of `tree`, where that is shown. */
  readonly nested: NestedTree | null;
  readonly hidden: number;
  readonly given: GivenBirths | null;
  /** Decides a part of the tree by itself. */
  readonly decidePart: (part: ProcessTree, budget: WorkBudget) => Decision;
}

export function planNestedBirths(question: NestedQuestion, request: PlanRequest): Decision {
  const draft = plannedBirths(question, request);
  if (draft.kind === 'undecided' && draft.suspects)
    return { ...draft, suspects: inImage(question, draft.suspects) };
  if (draft.kind !== 'unreachable') return draft;
  return { ...draft, processes: inImage(question, draft.processes) };
}

/** Processes of the tree that is shown, as those of the image. */
function inImage({ hidden }: NestedQuestion, processes: readonly number[]): number[] {
  return processes.map((i) => i - hidden).filter((i) => i >= 0);
}

function plannedBirths(question: NestedQuestion, request: PlanRequest): Decision {
  const { tree, shown, hidden, given } = question;
  const { options, budget, leadsToTree } = request;
  const refused = refusedBirths(tree, hidden > 0 && given ? { ...given, bornOutside: -1 } : given);
  if (refused) return refused;
  const outside = outsideNumbers(tree);
  const numbered = withOutsideSession(shown, outside);
  const isKnown = question.nested?.tree === numbered;
  const nested = isKnown
    ? { ...question.nested!, outsideGroup: outside.pgid }
    : nestedTree(numbered, outside.pgid);
  for (const births of hidden === 0 ? (request.ordered ?? []) : []) {
    const ordered = orderedDraft(nested, births, given, request);
    if (ordered && leadsToTree(ordered)) return ordered;
  }
  const boundary = boundaryBirths(nested);
  if ('text' in boundary) return { kind: 'unreachable', ...boundary };
  const broken = inheritOnlyOwner(nested, boundary);
  if (broken) return { kind: 'rules', broken: [broken] };
  const classes = certainClasses(nested, boundary);
  if ('text' in classes) return { kind: 'unreachable', ...classes };
  const problem = nestedProblem(nested, boundary);
  let known: Preferred | undefined;
  const preferred = (): Preferred => {
    known ??= preferredNested(nested, problem, boundary, request, hidden);
    return known;
  };
  const isPlanned = (draft: Decision): boolean =>
    draft.kind === 'steps' ? leadsToTree(draft) : isFinal(draft);
  const plain = given || options.history > 0 ? null : preferred().draft;
  if (plain && isPlanned(plain)) return plain;
  const setting = { nested, problem, request, hidden };
  const wanted = given && belowRestorer(tree, given, hidden);
  /** What the image or the request demands of a plan, in the indexes of the image. */
  const demanded = (draft: Decision): Decision => {
    if (draft.kind === 'births' && hidden > 0) return { ...draft, refusal: shifted(draft.refusal, hidden) };
    if (draft.kind !== 'steps' || !draft.births || !given) return draft;
    return { ...draft, births: { ...draft.births, hints: demandedBirths(given) } };
  };
  const first =
    plain ??
    demanded(planBirths(problem, wanted, options, budget, preferred, (map) => draftOf(setting, map)));
  if (!plain && isPlanned(first)) return first;
  if (options.history > 0) return first.kind === 'steps' ? NOT_VERIFIED : first;
  const suspects = first.kind === 'undecided' ? (first.suspects ?? NOBODY) : NOBODY;
  if (isPartRefused(question, suspects, budget)) return { ...NO_BIRTHS, processes: suspects };
  const search = (share: WorkBudget): Decision =>
    searchHistories(setting, wanted?.hints ?? null, demanded, share);
  let cutShort = false;
  const brief = withShare(budget, BRIEF_WORK, (share) => {
    const decision = search(share);
    cutShort = isSpent(share);
    return decision;
  });
  const open = cutShort && brief.kind === 'undecided' && !isFinal(brief);
  return !open || request.isRefuted?.(tree, budget) ? brief : search(budget);
}

/** Steps with births in an order, none of which is a demand. Nobody looked for births that follow an order. */
function orderedDraft(
  nested: NestedTree,
  births: OrderedBirths,
  given: GivenBirths | null,
  request: PlanRequest,
): DecidedSteps | null {
  const solution = nestedOriginOfOrder(nested, births);
  if (!solution) return null;
  const draft = scheduleNested(nested, solution, request, 0);
  const hints = new Int32Array(nested.tree.size).fill(UNKNOWN);
  const order = given?.order ? 'work limit' : 'none given';
  return draft.kind === 'steps' ? { ...draft, births: { hints, order } } : null;
}

const NOT_VERIFIED = { kind: 'undecided', reason: 'not verified' } as const;

/** How many times smaller than its tree a part is that is decided first. */
const SMALLER = 2;
/** Work of deciding it. */
const PART_WORK = 1_000_000;

/** Work of the search until it is asked whether the tree can be refuted without. */
const BRIEF_WORK = 500_000;

/** Is a small part of a large tree refused, and so the tree? (namespaces.md, theorem N2) */
function isPartRefused(question: NestedQuestion, suspects: readonly number[], budget: WorkBudget): boolean {
  const { tree, decidePart } = question;
  const concerned = inImage(question, suspects);
  if (concerned.length === 0) return false;
  const kept = withInits(tree, withAncestors(tree, withOwners(tree, concerned)));
  if (kept.length * SMALLER > tree.size) return false;
  const part = treePart(tree, kept);
  if (part === null) return false;
  const { kind } = withShare(budget, PART_WORK, (share) => decidePart(part, share));
  return kind === 'unreachable' || kind === 'rules';
}

/** A proof, or an answer that other births do not change. */
function isFinal(draft: Decision): boolean {
  return (
    draft.kind !== 'undecided' ||
    draft.reason === 'CLONE_PARENT' ||
    draft.reason === 'numbers' ||
    draft.reason === 'births'
  );
}

const NOBODY: readonly number[] = [];

/** Passes over its elements that a schedule and its run by the simulator cost. */
const SCHEDULE_PASSES = 600;

/** A question that is ready for its histories. */
interface Prepared {
  readonly nested: NestedTree;
  readonly problem: BirthProblem;
  readonly request: PlanRequest;
  readonly hidden: number;
}

/** Steps with exactly these births. */
function draftOf({ nested, problem, request, hidden }: Prepared, map: BirthMap): Decision {
  const solution = nestedOriginOfMap(nested, problem, map, fittingMap(problem, map));
  if (!solution) return { kind: 'undecided', reason: 'nested births' };
  return scheduleNested(nested, solution, request, hidden);
}

/** The first history that agrees with the hints and leads to the tree; a refusal where there is none at all. */
function searchHistories(
  setting: Prepared,
  hints: Int32Array | null,
  demanded: (draft: Decision) => Decision,
  budget: WorkBudget,
): Decision {
  const { problem, request } = setting;
  const maps = birthMaps(problem, hints ?? new Int32Array(problem.size).fill(UNKNOWN), budget);
  const cost = SCHEDULE_PASSES * (problem.size + problem.sessionCount);
  let failed: Decision = { kind: 'undecided', reason: 'work limit' };
  for (;;) {
    const next = maps.next();
    if (next.done) {
      return !hints && next.value === 'none' ? NO_BIRTHS : failed;
    }
    if (!spend(budget, cost)) return { kind: 'undecided', reason: 'work limit' };
    const births = hints ? { births: { hints, order: 'none given' as const } } : {};
    const draft = demanded({ ...draftOf(setting, next.value), ...births });
    if (draft.kind === 'steps' && request.leadsToTree(draft)) return draft;
    failed = draft.kind === 'steps' ? NOT_VERIFIED : draft;
    if (isFinal(failed)) return failed;
  }
}
