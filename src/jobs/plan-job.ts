/**
 * One planning that is under way, or has ended: what clients can ask about it while there is no plan yet.
 *
 * States: running, then exactly one of ready, failed, cancelled. Each change is an event. Its id says which phase it is
 * about, on every server the same, so that a client that lost its connection can go on from the last event it saw,
 * wherever it comes back. A planning that another server began anew tells its phases once it is further than before.
 */

import type { PlanOptions } from '../engine/plan/plan-options.ts';
import { PHASES, type Phase } from '../engine/plan/planning.ts';
import { Problem } from '../errors.ts';
import type { NewJob, PlanRecord } from '../store/store.ts';

export type JobState = 'running' | 'ready' | 'failed' | 'cancelled';

export interface Progress {
  /** `queued` until a worker takes it. */
  readonly phase: Phase | 'queued';
  readonly phasesDone: number;
  readonly phases: number;
}

export interface JobEvent {
  readonly id: number;
  readonly event: 'progress' | 'ready' | 'failed' | 'cancelled';
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a planning is of. */
export interface Planned {
  readonly id: string;
  readonly treeId: string;
  /** Canonical. */
  readonly options: PlanOptions;
  readonly processes: number;
}

/** A plan that is not there yet, or will not be. */
export interface PendingPlan extends Planned {
  readonly state: JobState;
  readonly progress: Progress;
  /** Why it failed. */
  readonly problem: Problem | undefined;
}

const QUEUED: Progress = { phase: 'queued', phasesDone: 0, phases: PHASES.length };
const FIRST_ID = 1;
const LAST_ID = FIRST_ID + PHASES.length + 1;

export function progressOf(phase: Phase | null): Progress {
  return phase === null ? QUEUED : { ...QUEUED, phase, phasesDone: PHASES.indexOf(phase) };
}

/** The last event of a planning. */
export function lastEvent(state: Exclude<JobState, 'running'>, problem?: Problem): JobEvent {
  const why = state === 'failed' && problem ? { code: problem.code, detail: problem.message } : {};
  return { id: LAST_ID, event: state, data: { status: state, ...why } };
}

export class PlanJob implements PendingPlan {
  readonly id: string;
  readonly treeId: string;
  readonly options: PlanOptions;
  readonly processes: number;
  /** Settles with the job; rejects with a Problem. */
  readonly done: Promise<PlanRecord>;
  /** Resolves, to nothing, when the server ends before it computes the plan: others do, and nobody has to wait here. */
  readonly left: Promise<undefined>;
  state: JobState = 'running';
  problem: Problem | undefined;
  progress: Progress = QUEUED;
  readonly events: JobEvent[] = [{ id: FIRST_ID, event: 'progress', data: { ...QUEUED } }];
  private readonly listeners = new Set<(event: JobEvent) => void>();
  private readonly abort = new AbortController();
  private tellLeft: () => void = () => {};

  constructor(
    { id, treeId, options, processes }: Planned,
    run: (job: PlanJob, signal: AbortSignal) => Promise<PlanRecord>,
  ) {
    this.id = id;
    this.treeId = treeId;
    this.options = options;
    this.processes = processes;
    this.left = new Promise((resolve) => {
      this.tellLeft = () => resolve(undefined);
    });
    this.done = run(this, this.abort.signal).then(
      (plan) => {
        this.end('ready');
        return plan;
      },
      (error: unknown) => {
        this.problem = planningProblem(error);
        this.end(this.problem.code === 'PLAN_CANCELLED' ? 'cancelled' : 'failed');
        throw this.problem;
      },
    );
    // Somebody may wait for it or nobody; its end is recorded either way.
    this.done.catch(() => {});
  }

  /** A phase has begun; those before it are over, whether they were told or not. */
  phase(name: Phase): void {
    this.progress = progressOf(name);
    const reached = FIRST_ID + 1 + PHASES.indexOf(name);
    for (let id = this.events.at(-1)!.id + 1; id <= reached; id++) {
      this.emit({ id, event: 'progress', data: { ...progressOf(PHASES[id - FIRST_ID - 1]!) } });
    }
  }

  cancel(): void {
    this.abort.abort();
  }

  /** It is for other servers. */
  leave(): void {
    this.tellLeft();
  }

  /** Calls `listener` with every later event; returns the way to stop that. */
  listen(listener: (event: JobEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private end(state: Exclude<JobState, 'running'>): void {
    this.state = state;
    this.emit(lastEvent(state, this.problem));
    this.listeners.clear();
  }

  private emit(event: JobEvent): void {
    this.events.push(event);
    for (const listener of this.listeners) listener(event);
  }
}

/** What the store keeps of it. */
export function newJob({ id, treeId, options, processes }: Planned): NewJob {
  return { id, treeId, options: JSON.stringify(options), processes };
}

export function planningProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('INTERNAL', 'The planning failed.', { cause: error });
}
