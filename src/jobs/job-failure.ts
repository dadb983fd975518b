/** How a job that makes no plan is told: in the store, and to clients. */

import type { Phase } from '../engine/plan/planning.ts';
import { Problem, type ProblemCode } from '../errors.ts';
import type { JobRecord } from '../store/store.ts';
import { type PendingPlan, planningProblem, progressOf } from './plan-job.ts';

interface Failure {
  readonly code: ProblemCode;
  readonly detail: string;
}

/** `failure` of a job's record. */
export function failureOf(error: unknown): string {
  const { code, message } = planningProblem(error);
  return JSON.stringify({ code, detail: message } satisfies Failure);
}

/** It says nothing about the plan: the store did not answer, or had no room. */
export function isOfStore(error: unknown): boolean {
  return error instanceof Problem && (error.code === 'STORE_UNAVAILABLE' || error.code === 'STORE_FULL');
}

/** Why there will be no plan; undefined while there may be one. */
export function whyNoPlan({ state, failure }: Pick<JobRecord, 'state' | 'failure'>): Problem | undefined {
  if (state === 'cancelled') return new Problem('PLAN_CANCELLED', 'The planning was cancelled.');
  if (state !== 'failed') return;
  const { code, detail } = JSON.parse(failure!) as Failure;
  return new Problem(code, detail);
}

/** A job as clients see it. */
export function pendingOf(job: JobRecord): PendingPlan {
  const { id, treeId, options, processes, state, phase } = job;
  return {
    id,
    treeId,
    options: JSON.parse(options),
    processes,
    state: state === 'waiting' ? 'running' : state,
    progress: progressOf(phase as Phase | null),
    problem: whyNoPlan(job),
  };
}
