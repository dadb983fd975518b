/**
 * Jobs that other servers run, or that wait, as the store shows them: all that are watched by one question, four times a
 * second, as long as any is.
 */

import { Problem } from '../errors.ts';
import type { JobRecord, PlanRecord, Store } from '../store/store.ts';
import { isOfStore } from './job-failure.ts';

const LOOK_MS = 250;

type Look = (job: JobRecord | undefined) => void;

export class JobWatch {
  private readonly store: Store;
  private readonly watched = new Map<string, Look>();
  private timer: NodeJS.Timeout | undefined;

  constructor(store: Store) {
    this.store = store;
  }

  /**
   * The job at the next look, undefined where there is none any more, or as soon as it is woken.
   * Each id is watched by one at a time.
   * @throws what `signal` was aborted with
   */
  async next(id: string, signal: AbortSignal): Promise<JobRecord | undefined> {
    signal.throwIfAborted();
    this.timer ??= setTimeout(() => this.look(), LOOK_MS);
    let stop: (() => void) | undefined;
    try {
      return await new Promise<JobRecord | undefined>((resolve, reject) => {
        this.watched.set(id, resolve);
        stop = () => reject(signal.reason);
        signal.addEventListener('abort', stop);
      });
    } finally {
      this.watched.delete(id);
      if (stop) signal.removeEventListener('abort', stop);
    }
  }

  /** Something has changed here: whoever watches it is told at once. */
  wake(id: string): void {
    this.watched.get(id)?.(undefined);
  }

  /**
   * The plan of a job that was not seen; undefined where the job is there after all, or the store does not answer.
   * @throws Problem PLAN_CANCELLED
   */
  async ended(id: string): Promise<PlanRecord | undefined> {
    try {
      const plan = await this.store.plan(id);
      if (plan || (await this.store.job(id))) return plan;
    } catch (error) {
      if (isOfStore(error)) return;
      throw error;
    }
    throw new Problem('PLAN_CANCELLED', 'The plan was deleted, or its tree.');
  }

  private async look(): Promise<void> {
    const asked = [...this.watched];
    try {
      const jobs = new Map((await this.store.jobs(asked.map(([id]) => id))).map((job) => [job.id, job]));
      for (const [id, tell] of asked) tell(jobs.get(id));
    } catch {
      // The store will answer again; until then nothing is known.
    }
    this.timer = this.watched.size > 0 ? setTimeout(() => this.look(), LOOK_MS) : undefined;
  }
}
