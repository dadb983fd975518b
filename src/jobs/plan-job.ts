/**
 * One planning that is under way, or has ended: what clients can ask about it while there is no plan yet.
 *
 * States: running, then exactly one of ready, failed, cancelled. Each change is an event with a growing id, so that a
 * client that lost its connection can go on from the last one it saw.
 */

import type { PlanOptions } from '../engine/plan/plan-options.ts';
import { PHASES, type Phase } from '../engine/plan/planning.ts';
import { Problem } from '../errors.ts';
import type { PlanRecord } from '../store/store.ts';

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

export class PlanJob {
  readonly id: string;
  readonly treeId: string;
  readonly options: PlanOptions;
  readonly processes: number;
  /** Settles with the job; rejects with a Problem. */
  readonly done: Promise<PlanRecord>;
  state: JobState = 'running';
  problem: Problem | undefined;
  progress: Progress = { phase: 'queued', phasesDone: 0, phases: PHASES.length };
  readonly events: JobEvent[] = [];
  private readonly listeners = new Set<(event: JobEvent) => void>();
  private readonly abort = new AbortController();

  constructor(
    id: string,
    treeId: string,
    options: PlanOptions,
    processes: number,
    run: (job: PlanJob, signal: AbortSignal) => Promise<PlanRecord>,
  ) {
    this.id = id;
    this.treeId = treeId;
    this.options = options;
    this.processes = processes;
    this.emit('progress', { ...this.progress });
    this.done = run(this, this.abort.signal).then(
      (plan) => {
        this.end('ready', { status: 'ready' });
        return plan;
      },
      (error: unknown) => {
        const problem =
          error instanceof Problem
            ? error
            : new Problem('INTERNAL', 'The planning failed.', { cause: error });
        this.problem = problem;
        if (problem.code === 'PLAN_CANCELLED') this.end('cancelled', { status: 'cancelled' });
        else this.end('failed', { status: 'failed', code: problem.code, detail: problem.message });
        throw problem;
      },
    );
    // Somebody may wait for it or nobody; its end is recorded either way.
    this.done.catch(() => {});
  }

  phase(name: Phase): void {
    this.progress = { phase: name, phasesDone: PHASES.indexOf(name), phases: PHASES.length };
    this.emit('progress', { ...this.progress });
  }

  cancel(): void {
    this.abort.abort();
  }

  /** Calls `listener` with every later event; returns the way to stop that. */
  listen(listener: (event: JobEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private end(state: Exclude<JobState, 'running'>, data: JobEvent['data']): void {
    this.state = state;
    this.emit(state, data);
    this.listeners.clear();
  }

  private emit(event: JobEvent['event'], data: JobEvent['data']): void {
    const made = { id: this.events.length + 1, event, data };
    this.events.push(made);
    for (const listener of this.listeners) listener(made);
  }
}
