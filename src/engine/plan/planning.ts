/** What the engine answers for a tree: a verified plan, the proof that none exists, or that time ran out. */

import type { Diagnostic } from '../answer-types/diagnostic.ts';
import type { HelperList } from './helper-list.ts';
import type { StepList } from './step-list.ts';

export type Outcome = 'restorable' | 'unrestorable' | 'undecided';

export interface Planning {
  readonly outcome: Outcome;
  /** Empty unless restorable. */
  readonly steps: StepList;
  /** Empty unless restorable. */
  readonly helpers: HelperList;
  readonly diagnostics: readonly Diagnostic[];
  /** Null where it is undecided: neither a plan that does not verify nor a refusal without a proof is an answer. */
  readonly verification: Verification | null;
  readonly summary: PlanSummary;
  /** Something was cut short by the work limit: a larger one may give another answer. */
  readonly workLimitReached: boolean;
  /** What was done beyond the near-linear way, in the units of the limit. */
  readonly workDone: number;
}

export type Verification = PlanVerification | ProofVerification;

export interface PlanVerification {
  /** What executed the steps. */
  readonly by: 'simulator';
  readonly stepsExecuted: number;
  /** Processes of the image that were compared, field by field. */
  readonly processesCompared: number;
  readonly differences: 0;
}

export interface ProofVerification {
  /** What checked the proof of a refusal, against the image alone. */
  readonly by: 'proof checker';
  /** Facts of the image that the proof rests on. */
  readonly facts: number;
  /** Steps that follow from them, the last of which is a contradiction. */
  readonly steps: number;
}

export interface PlanSummary {
  readonly processes: number;
  readonly sessions: number;
  readonly groups: number;
  readonly zombies: number;
  readonly namespaces: number;
  readonly steps: number;
  readonly helpers: number;
  /** Dead session and group leaders, and who else has to bring sessions into pid namespaces: no plan has fewer helpers. */
  readonly helpersAtLeast: number;
}

/** The phases of a planning, in their order; each is announced when it begins. */
export const PHASES = ['rules', 'origin', 'schedule', 'verification', 'diagnosis'] as const;
export type Phase = (typeof PHASES)[number];
