/**
 * Plans that this server computes, and the threads that they take.
 *
 * What was promised is kept in memory until the store can write it; where its tree cannot be read, its lease runs out, and it
 * is taken once more. What cannot be computed is given up, or given back where the server ends. Who waits for a plan is
 * plan-queue.ts' business.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Phase } from '../engine/plan/planning.ts';
import { Problem } from '../errors.ts';
import type { PlanRecord, Store } from '../store/store.ts';
import type { Dispatcher } from './dispatcher.ts';
import { failureOf, isOfStore } from './job-failure.ts';
import type { JobLeases } from './job-leases.ts';
import type { MadePlan } from './made-plan.ts';
import type { PlanJob } from './plan-job.ts';
import type { PlanTask } from './work.ts';

const STORE_AGAIN_MS = 1000;

export class PlanThreads {
  taken = 0;
  /** The server ends. */
  closing = false;
  /** Told of each plan, for the metrics. */
  onMade: (made: MadePlan) => void = () => {};
  private readonly store: Store;
  private readonly dispatcher: Dispatcher;
  private readonly leases: JobLeases;
  private readonly onFree: () => void;
  /** Ends the computing of a job here, not the job. */
  private readonly computing = new Map<string, AbortController>();

  /** @param onFree a thread is free again */
  constructor(store: Store, dispatcher: Dispatcher, leases: JobLeases, onFree: () => void) {
    this.store = store;
    this.dispatcher = dispatcher;
    this.leases = leases;
    this.onFree = onFree;
  }

  has(id: string): boolean {
    return this.computing.has(id);
  }

  abort(id: string): void {
    this.computing.get(id)?.abort();
  }

  /** Undefined: it is not this server's to do any more. */
  async computed(job: PlanJob, signal: AbortSignal, task?: PlanTask): Promise<PlanRecord | undefined> {
    const { id } = job;
    const here = new AbortController();
    this.computing.set(id, here);
    this.taken++;
    const begun: [string, number][] = [];
    const phase = (name: Phase) => {
      begun.push([name, performance.now()]);
      job.phase(name);
      this.leases.phase(id, name);
    };
    const from = performance.now();
    try {
      const whole = task ?? (await this.taskOf(job));
      const plan = await this.dispatcher.run('plan', whole, {
        ...{ phase, signal: AbortSignal.any([signal, here.signal]), hasRoom: true },
      });
      const to = performance.now();
      const phases = begun.map(([name, at], i) => [name, ((begun[i + 1]?.[1] ?? to) - at) / 1000] as const);
      this.onMade({ head: plan.head, processes: job.processes, seconds: (to - from) / 1000, phases });
      await this.keep(plan, here.signal);
      return plan;
    } catch (error) {
      if (here.signal.aborted && !signal.aborted) return undefined;
      if (this.leases.has(id)) {
        if (isOfStore(error) && !this.closing && !signal.aborted) return undefined;
        await this.giveUp(id, error);
      }
      throw this.closing ? shuttingDown() : error;
    } finally {
      this.computing.delete(id);
      this.leases.end(id);
      this.taken--;
      this.onFree();
    }
  }

  private async taskOf({ id, treeId, options }: PlanJob): Promise<PlanTask> {
    const record = await this.store.tree(treeId);
    if (!record) throw new Problem('TREE_NOT_FOUND', `The tree ${treeId} of this plan is gone.`);
    return { id, treeAtHand: { record }, options };
  }

  async giveUp(id: string, error: unknown): Promise<void> {
    try {
      await (this.closing ? this.leases.release(id) : this.leases.fail(id, failureOf(error)));
    } catch {
      // Whoever takes the job next finds out the same.
    }
  }

  /** What was promised is kept in memory until the store can write again. */
  private async keep(plan: PlanRecord, lost: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await this.store.putPlan(plan);
      } catch (error) {
        if (!this.leases.has(plan.id) || this.closing) throw error;
        await delay(STORE_AGAIN_MS, undefined, { signal: lost, ref: false });
      }
    }
  }
}

export function shuttingDown(detail = 'The server ends; another one goes on with the plan.'): Problem {
  return new Problem('SHUTTING_DOWN', detail, { headers: { 'retry-after': '1' } });
}
