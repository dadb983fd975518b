/** Plannings that this server computes, or watches for somebody, and what the last ones told until they ended. */

import type { PlanRecord } from '../store/store.ts';
import { type JobEvent, PlanJob, type Planned } from './plan-job.ts';

/** Ended plannings whose events are remembered. */
const ENDED_JOBS = 256;

export class LocalJobs {
  private readonly jobs = new Map<string, PlanJob>();
  private readonly ended = new Map<string, readonly JobEvent[]>();

  get(id: string): PlanJob | undefined {
    return this.jobs.get(id);
  }

  has(id: string): boolean {
    return this.jobs.has(id);
  }

  values(): Iterable<PlanJob> {
    return this.jobs.values();
  }

  eventsOfEnded(id: string): readonly JobEvent[] | undefined {
    return this.ended.get(id);
  }

  begin(about: Planned, run: (job: PlanJob, signal: AbortSignal) => Promise<PlanRecord>): PlanJob {
    const job = new PlanJob(about, run);
    this.jobs.set(job.id, job);
    const forget = () => {
      this.jobs.delete(job.id);
      this.remember(job);
    };
    job.done.then(forget, forget);
    return job;
  }

  private remember({ id, events }: PlanJob): void {
    this.ended.delete(id);
    this.ended.set(id, events);
    if (this.ended.size > ENDED_JOBS) this.ended.delete(this.ended.keys().next().value!);
  }
}
