/**
 * Plan a restore: the engine's front door. Tree → rules → origin → schedule → plan → verification → answer.
 *
 * In: a tree and options. Out: a plan that the simulator has run to exactly this tree; or a conflict that no history
 * of the kernel can resolve; or "undecided", said so. Pure: no I/O, no clock, the same answer every time.
 * Cost: near-linear.
 */

import type { Conflict } from './answer-types/conflict.ts';
import type { Diagnostic } from './answer-types/diagnostic.ts';
import type { BirthMap } from './births/birth-map.ts';
import { disagreeingBirths, mapOfRun } from './births/births-of-run.ts';
import { givenBirths } from './births/given-births.ts';
import type { DecidedSteps, Decision } from './decide/decision.ts';
import { contradictingBirths } from './diagnosis/birth-findings.ts';
import { type ConflictCore, conflictCore } from './diagnosis/conflict-core.ts';
import { conflictOfBirths, conflictOfRules } from './diagnosis/explain-conflict.ts';
import { findingsOf, imageFindings, numberFindings } from './diagnosis/findings.ts';
import { nestedConflict, reasonOfRules } from './diagnosis/nested-conflict.ts';
import { isRefuted, refutedBirths, refutedConflict } from './diagnosis/refuted-conflict.ts';
import { isAnalysed, reportBirths } from './diagnosis/report-births.ts';
import { execFindings, sharingRefusal } from './diagnosis/sharing-findings.ts';
import { type UndecidedBecause, undecided } from './diagnosis/undecided.ts';
import { verify } from './diff/verify.ts';
import { bornAncestors } from './kernel/born-ancestors.ts';
import { NO_HELPERS } from './plan/helper-list.ts';
import type { PlanOptions } from './plan/plan-options.ts';
import { summaryOf } from './plan/plan-summary.ts';
import type { Phase, Planning, PlanVerification } from './plan/planning.ts';
import { StepList } from './plan/step-list.ts';
import { appendWaysForChildren } from './plan/ways-for-children.ts';
import { fullWork, isSpent, type WorkBudget } from './plan/work-budget.ts';
import { problemOf } from './planner/problem-of-tree.ts';
import { withInferredFlags } from './planner/schedule/deaths.ts';
import { derivationOf } from './proof/words.ts';
import { type CheckedProof, proveRefusal } from './refute/prove-refusal.ts';
import { planShared } from './sharing/plan-shared.ts';
import { proveSharing } from './sharing/prove-sharing.ts';
import { type SharingConflict, sharingConflict } from './sharing/sharing-conflict.ts';
import { outsideNumbers } from './tree/outside.ts';
import type { ProcessTree } from './tree/process-tree.ts';
import { withScratch } from './tree/scratch.ts';

export interface PlanObserver {
  /** A phase begins. */
  phase?(name: Phase): void;
}

/**
 * @param workLimit what may be tried beyond the near-linear way (plan/work-budget.ts). A planning that stayed within it
 *   is the one that any larger limit gives; `workLimitReached` says that it did not.
 */
export function planRestore(
  tree: ProcessTree,
  options: PlanOptions,
  observer: PlanObserver = {},
  workLimit = fullWork(tree.size),
): Planning {
  const budget: WorkBudget = { work: workLimit };
  const announced = new Set<Phase>();
  const announce = (name: Phase): void => {
    if (announced.has(name)) return;
    announced.add(name);
    observer.phase?.(name);
  };
  announce('rules');
  let planned = null as Planned | null;
  const leadsToTree = (draft: DecidedSteps): boolean => {
    announce('verification');
    const verified = withScratch(() => verifiedPlan(tree, options, draft, budget, announce));
    planned = verified ?? planned;
    return verified !== null;
  };
  const draft = planShared(tree, { options, phase: announce, budget, leadsToTree, isRefuted });
  // Of a history that was asked for in vain, others were run before.
  const answer =
    (draft.kind === 'steps' ? planned : null) ?? refused(tree, options, draft as Refused, budget, announce);
  return { ...answer, workLimitReached: isSpent(budget), workDone: workLimit - budget.work };
}

type Planned = Omit<Planning, 'workLimitReached' | 'workDone'>;

/** Null: the steps do not lead to the tree with the births that are demanded. */
function verifiedPlan(
  tree: ProcessTree,
  options: PlanOptions,
  draft: DecidedSteps,
  budget: WorkBudget,
  announce: (name: Phase) => void,
): Planned | null {
  appendWaysForChildren(tree, draft.steps);
  const verified = verifyDraft(tree, draft);
  if (!verified) return null;
  const { verification, taken } = verified;
  const demand = draft.births ?? null;
  if (taken && demand && disagreeingBirths(taken, demand.hints).length > 0) return null;
  announce('diagnosis');
  return {
    outcome: 'restorable',
    steps: draft.steps,
    helpers: draft.helpers,
    diagnostics: [
      ...reportBirths(tree, options, demand, taken, budget),
      ...findingsOf(tree, outsideNumbers(tree), options, draft),
      ...execFindings(draft.steps),
    ],
    verification,
    summary: summaryOf(tree, draft.steps.length, draft.helpers.length),
  };
}

function refused(
  tree: ProcessTree,
  options: PlanOptions,
  draft: Refused,
  budget: WorkBudget,
  announce: (name: Phase) => void,
): Planned {
  announce('diagnosis');
  const shared = draft.kind === 'sharing' ? sharingConflict(tree, budget) : null;
  const told = shared ? unrestorableSharing(shared) : refusalOf(tree, options, draft as NotSharing, budget);
  const isOpen = told.code === 'UNDECIDED';
  const prove = (): CheckedProof | null =>
    shared ? proveSharing(tree, shared, budget) : proofOf(tree, options, told, budget);
  const checked = isOpen ? null : prove();
  const refusal = isOpen ? told : checked ? withProof(told, checked) : notProved(told);
  return {
    outcome: checked ? 'unrestorable' : 'undecided',
    steps: new StepList(1),
    helpers: NO_HELPERS,
    // What a plan took for unknown births and flags is nothing to say where there is no plan.
    diagnostics: [
      refusal,
      ...sharingRefusal(refusal),
      ...imageFindings(tree),
      ...numberFindings(tree, options, NO_HELPERS),
    ],
    verification: checked && { by: 'proof checker', facts: checked.facts, steps: checked.steps },
    summary: summaryOf(tree, 0, 0),
  };
}

/** Null: no proof was found, or the checker does not accept it; then the refusal is no answer. */
function proofOf(
  tree: ProcessTree,
  options: PlanOptions,
  { pids, detail }: Diagnostic,
  budget: WorkBudget,
): CheckedProof | null {
  const births: Record<string, number> = {};
  if (Array.isArray(detail.core)) for (const { pid, caba } of detail.core) births[pid] = caba;
  return proveRefusal(tree, options, pids, births, budget);
}

function withProof(refusal: Diagnostic, { proof }: CheckedProof): Diagnostic {
  return { ...refusal, detail: { ...refusal.detail, derivation: derivationOf(proof), proof } };
}

function notProved({ pids, message }: Diagnostic): Diagnostic {
  return { ...undecided('not proved'), pids, detail: { reason: 'not proved', suspected: message } };
}

type Refused = Exclude<Decision, { kind: 'steps' }>;
type NotSharing = Exclude<Refused, { kind: 'sharing' }>;

/**
 * `taken`: who was born of whom in the run, where somebody asks. Null: the steps do not lead to the tree, which is a
 * mistake of ours; such a plan is never an answer, and no proof of anything.
 */
function verifyDraft(
  tree: ProcessTree,
  draft: DecidedSteps,
): { readonly verification: PlanVerification; readonly taken: BirthMap | null } | null {
  let taken: BirthMap | null = null;
  const asked = draft.births !== undefined || isAnalysed(tree);
  const result = verify(withInferredFlags(tree, draft.adopts), draft.steps, (kernel) => {
    if (asked) taken = mapOfRun(tree, bornAncestors(kernel));
  });
  if ('failure' in result) return null;
  return { verification: result, taken };
}

function refusalOf(
  tree: ProcessTree,
  options: PlanOptions,
  draft: NotSharing,
  budget: WorkBudget,
): Diagnostic {
  switch (draft.kind) {
    case 'births': {
      const problem = tree.namespaces.length === 1 ? problemOf(tree) : null;
      return contradictingBirths(tree, problem, givenBirths(tree, options)!.hints, draft.refusal);
    }
    case 'rules': {
      const broken = draft.broken.map(({ rule, text }) => ({ rule, text }));
      if (tree.namespaces.length === 1 && draft.broken[0]!.rule !== 'N6')
        return unrestorable(conflictOfRules(tree, draft.broken, budget), { broken });
      const concerned = draft.broken[0]!.facts.map(({ pid }) => tree.indexOf(pid));
      const told = reasonOfRules(draft.broken);
      return unrestorable(nestedConflict(tree, concerned, told, budget), { broken });
    }
    case 'unreachable': {
      if (draft.text !== undefined) {
        const told = { rule: 'ORIGIN', text: draft.text, fields: [] };
        return unrestorable(nestedConflict(tree, draft.processes, told, budget), {});
      }
      const core: ConflictCore = conflictCore(problemOf(tree), draft.processes, budget);
      return unrestorable(conflictOfBirths(tree, core), {});
    }
    case 'undecided':
      return (
        refutedAnyway(tree, options, draft.reason, budget) ??
        undecided(
          draft.reason,
          (draft.suspects ?? []).map((i) => tree.pid[i]!),
        )
      );
  }
}

/** Reasons that say of a tree that it is reachable, or reachable with the given births. */
const REACHABLE = ['numbers', 'CLONE_PARENT', 'no such history', 'history limit'];

/** Where the planner came to no verdict the search for a proof may still come to one. */
function refutedAnyway(
  tree: ProcessTree,
  options: PlanOptions,
  reason: UndecidedBecause,
  budget: WorkBudget,
): Diagnostic | null {
  if (REACHABLE.includes(reason)) return null;
  const conflict = refutedConflict(tree, budget);
  if (conflict) return unrestorable(conflict, {});
  const births = refutedBirths(tree, options, budget);
  if (!births) return null;
  const core = births.pids.map((pid) => tree.indexOf(pid));
  return contradictingBirths(tree, null, givenBirths(tree, options)!.hints, {
    kind: 'contradiction',
    contradiction: { core, minimal: births.minimal, possible: null, because: null },
  });
}

function unrestorableSharing({ conflict, kinds, cycle }: SharingConflict): Diagnostic {
  return unrestorable(conflict, { kinds, ...(cycle ? { cycle } : {}) });
}

function unrestorable(conflict: Conflict, more: Record<string, unknown>): Diagnostic {
  return {
    code: 'UNRESTORABLE',
    severity: 'error',
    pids: conflict.pids,
    message: conflict.text,
    hint: 'Linux cannot have made this tree: check where the image comes from, and whether it was edited.',
    detail: { rule: conflict.rule, facts: conflict.facts, minimal: conflict.minimal, ...more },
  };
}
