/**
 * Who makes which plan, and when: at once where it is small, here where a thread is free, else whichever server is free
 * first; and what is known meanwhile.
 *
 * What was promised (202), and what waits for a thread, is a job of the store (job-leases.ts), which any server takes; it
 * outlives them all; where servers share the store, what a thread makes is one too, so that one of them makes it. What is
 * none, a small plan, or one that somebody waits for and that a thread of the only server makes at once, costs the store
 * nothing until it is there. A plan that is asked for twice is computed once: while it is, it has a PlanJob here that
 * others can wait for, watch and cancel, whoever computes it.
 */

import type { Config } from '../config.ts';
import type { PlanOptions } from '../engine/plan/plan-options.ts';
import type { Phase } from '../engine/plan/planning.ts';
import { Problem } from '../errors.ts';
import type { JobRecord, PlanRecord, Store } from '../store/store.ts';
import type { Dispatcher } from './dispatcher.ts';
import { pendingOf, whyNoPlan } from './job-failure.ts';
import { JobLeases } from './job-leases.ts';
import { JobWatch } from './job-watch.ts';
import { LocalJobs } from './local-jobs.ts';
import type { MadePlan } from './made-plan.ts';
import { planId } from './plan-identity.ts';
import { type JobEvent, lastEvent, newJob, type PendingPlan, PlanJob } from './plan-job.ts';
import { PlanThreads, shuttingDown } from './plan-threads.ts';
import { type PlanTask, sizeOf, type TreeAtHand } from './work.ts';

/** A job that so many servers have taken and not ended is one that ends servers. */
const MOST_ATTEMPTS = 5;
/** How often a server with a free thread asks for a job that others put. */
const TAKE_MS = 1000;

export interface PlanAsked {
  readonly treeAtHand: TreeAtHand;
  /** Canonical. */
  readonly options: PlanOptions;
  /** Settles when the tree is on disk, which no job goes before. */
  readonly stored: Promise<unknown>;
  /** The client wants no plan, but the promise of one. */
  readonly inBackground: boolean;
}

/** Events of a planning so far, and the job that has more of them. */
export interface Watched {
  readonly events: readonly JobEvent[];
  readonly job: PlanJob | undefined;
}

export class PlanQueue {
  private readonly store: Store;
  private readonly limits: Config['workers'];
  private readonly dispatcher: Dispatcher;
  private readonly leases: JobLeases;
  private readonly watch: JobWatch;
  /** What is computed here or watched for somebody here. */
  private readonly jobs = new LocalJobs();
  private readonly threads: PlanThreads;
  /** Settles when the job is in the store, where this server has put it there. */
  private readonly promises = new WeakMap<PlanJob, Promise<unknown>>();
  private readonly takeTimer: NodeJS.Timeout;
  private coming = 0;
  private taking: Promise<void> | undefined;
  private takeAgain = false;
  private closing = false;

  constructor(store: Store, limits: Config['workers'], dispatcher: Dispatcher) {
    this.store = store;
    this.limits = limits;
    this.dispatcher = dispatcher;
    this.leases = new JobLeases(store, (id) => this.threads.abort(id));
    this.threads = new PlanThreads(store, dispatcher, this.leases, () => this.take());
    this.watch = new JobWatch(store);
    this.takeTimer = setInterval(() => this.take(), TAKE_MS).unref();
    this.take();
  }

  /** Told of each plan that this server makes, for the metrics. */
  set onMade(tell: (made: MadePlan) => void) {
    this.threads.onMade = tell;
  }

  /** Plans that this server computes. */
  get running(): number {
    return this.threads.taken;
  }

  /**
   * The plan where it is there or small enough to be made at once; else the job that makes it.
   * @throws Problem QUEUE_FULL, SHUTTING_DOWN, what the store cannot do
   */
  async plan({ treeAtHand, options, stored, inBackground }: PlanAsked): Promise<PlanRecord | PlanJob> {
    if (this.closing) throw shuttingDown('No new plans are taken.');
    const { record } = treeAtHand;
    const processes = sizeOf(treeAtHand);
    const id = planId(record.id, options);
    const running = this.jobs.get(id);
    if (running) return running;
    const task: PlanTask = { id, treeAtHand, options };
    const small = this.dispatcher.isSmall('plan', task);
    // A small plan is made again sooner than it is found on disk.
    const present = small ? this.store.recentPlan(id) : await this.store.plan(id);
    if (present) return present;
    if (small && !inBackground) {
      const from = performance.now();
      const made = await this.dispatcher.here('plan', task);
      if (made) {
        this.threads.onMade({ head: made.head, processes, seconds: (performance.now() - from) / 1000 });
        await this.store.putPlan(made);
        return made;
      }
    }
    const isOpen = !small && isRunning(await this.store.job(id));
    const waits = !small && this.threads.taken >= this.limits.planning;
    if (waits && !isOpen) await this.roomToWait();
    const begun = this.jobs.get(id);
    if (begun) return begun;
    const promised =
      isOpen || inBackground || this.store.isShared || processes > this.limits.syncMaxProcesses;
    return this.jobs.begin({ id, treeId: record.id, options, processes }, (job, signal) => {
      if (waits) return this.queued(job, stored, signal);
      return promised ? this.claimed(job, task, stored, signal) : this.carriedOn(job, signal, task);
    });
  }

  /** Resolves when the plan will be made whatever happens to this server, or is there. */
  async promise(job: PlanJob): Promise<void> {
    await this.promises.get(job);
    if (job.state !== 'running') return;
    const isHereOnly = this.threads.has(job.id) && !this.leases.has(job.id);
    if (!isHereOnly) return this.store.putJob(newJob(job));
    const claim = this.leases.claim(newJob(job)).then((mine) => {
      if (!mine) this.threads.abort(job.id);
      else if (job.state !== 'running') this.leases.end(job.id);
    });
    this.promises.set(job, claim);
    await claim;
  }

  /** The plan, or how far it is, or why it will not be; undefined where nobody has asked for it. */
  async status(id: string): Promise<PlanRecord | PendingPlan | undefined> {
    const job = this.jobs.get(id);
    if (job) return job;
    const plan = await this.store.plan(id);
    if (plan) return plan;
    const record = await this.store.job(id);
    // A job ends when its plan can be read.
    return record ? pendingOf(record) : this.store.plan(id);
  }

  /** What there is to tell of a planning, wherever it is. */
  async watched(id: string): Promise<Watched | undefined> {
    const found = await this.status(id);
    if (!found) return;
    if (found instanceof PlanJob) return { events: found.events, job: found };
    if (!('state' in found))
      return { events: this.jobs.eventsOfEnded(id) ?? [lastEvent('ready')], job: undefined };
    const { state, problem } = found;
    if (state !== 'running') return { events: [lastEvent(state, problem)], job: undefined };
    const job = this.jobs.get(id) ?? this.jobs.begin(found, (job, signal) => this.outcome(job, signal));
    return { events: job.events, job };
  }

  /**
   * Ends a planning, wherever it is, which stays to be asked for as cancelled; how one has ended is forgotten.
   * False where there was none. Resolves when it has ended here.
   */
  async cancel(id: string): Promise<boolean> {
    const cancelled = await this.store.cancelJob(id);
    const job = this.jobs.get(id);
    if (!job) return cancelled || this.store.deleteJob(id);
    job.cancel();
    await Promise.allSettled([job.done]);
    return cancelled || job.state === 'cancelled';
  }

  /** Ends what is computed for a tree here; the store tells other servers. */
  forgetTree(treeId: string): void {
    for (const job of this.jobs.values()) if (job.treeId === treeId) job.cancel();
  }

  /** No more jobs are taken: those that wait are for other servers, and nobody waits for them here. */
  drain(): void {
    this.closing = true;
    this.threads.closing = true;
    clearInterval(this.takeTimer);
    for (const job of this.jobs.values()) if (!this.threads.has(job.id)) job.leave();
  }

  /** Nor for what is computed here. */
  leave(): void {
    for (const job of this.jobs.values()) job.leave();
  }

  /** Gives back what was promised and is not ready. */
  async close(): Promise<void> {
    this.drain();
    await this.taking;
    const running = [...this.jobs.values()];
    for (const job of running) job.cancel();
    await Promise.allSettled(running.map((job) => job.done));
  }

  /** @throws Problem QUEUE_FULL */
  private async roomToWait(): Promise<void> {
    const { waiting } = await this.store.jobCounts();
    if (waiting + this.coming < this.limits.queue) return;
    const headers = { 'retry-after': '5' };
    throw new Problem('QUEUE_FULL', `${waiting} plans wait already.`, { headers });
  }

  /** For whichever server is free first. */
  private async queued(job: PlanJob, stored: Promise<unknown>, signal: AbortSignal): Promise<PlanRecord> {
    this.coming++;
    const put = stored.then(() => this.store.putJob(newJob(job)));
    this.promises.set(job, put);
    await put.finally(() => this.coming--);
    this.take();
    return this.outcome(job, signal);
  }

  /** Promised before it is begun, so that it is begun once. */
  private async claimed(
    job: PlanJob,
    task: PlanTask,
    stored: Promise<unknown>,
    signal: AbortSignal,
  ): Promise<PlanRecord> {
    this.threads.taken++;
    const claim = stored.then(() => this.leases.claim(newJob(job)));
    this.promises.set(job, claim);
    const mine = await claim.finally(() => this.threads.taken--);
    return mine ? this.carriedOn(job, signal, task) : this.outcome(job, signal);
  }

  /** Computed here, as long as it is this server's to do. @param task where it is in memory anyway */
  private async carriedOn(job: PlanJob, signal: AbortSignal, task?: PlanTask): Promise<PlanRecord> {
    return (await this.threads.computed(job, signal, task)) ?? this.outcome(job, signal);
  }

  /** How a job ends that another server runs, or that waits until one does, which may be this one. */
  private async outcome(job: PlanJob, signal: AbortSignal): Promise<PlanRecord> {
    if (this.closing) job.leave();
    for (;;) {
      const record = await this.looked(job.id, signal);
      if (this.leases.has(job.id)) return this.carriedOn(job, signal);
      if (record?.phase) job.phase(record.phase as Phase);
      const problem = record ? whyNoPlan(record) : undefined;
      if (problem) throw problem;
      if (record) continue;
      const plan = await this.watch.ended(job.id);
      if (plan) return plan;
    }
  }

  private async looked(id: string, signal: AbortSignal): Promise<JobRecord | undefined> {
    try {
      return await this.watch.next(id, signal);
    } catch {
      throw this.closing ? shuttingDown() : new Problem('PLAN_CANCELLED', 'The planning was cancelled.');
    }
  }

  /** Takes jobs as long as threads are free. */
  private take(): void {
    this.takeAgain = true;
    this.taking ??= this.takeAll().finally(() => {
      this.taking = undefined;
    });
  }

  private async takeAll(): Promise<void> {
    while (this.takeAgain && !this.closing && this.threads.taken < this.limits.planning) {
      this.takeAgain = false;
      // A store that does not answer is asked again a second later.
      const record = await this.leases.take().catch(() => {});
      if (!record) continue;
      this.takeAgain = true;
      await this.start(record);
    }
  }

  private async start(record: JobRecord): Promise<void> {
    const { id, attempts } = record;
    if (this.threads.has(id)) return;
    if (attempts > MOST_ATTEMPTS) {
      const lost = new Problem('WORKER_LOST', `${MOST_ATTEMPTS} servers ended while they planned it.`);
      return this.threads.giveUp(id, lost);
    }
    if (this.jobs.has(id)) {
      // It waits here for just this, and takes a thread in the same turn.
      this.watch.wake(id);
      await new Promise(setImmediate);
    } else {
      this.jobs.begin(pendingOf(record), (job, signal) => this.carriedOn(job, signal));
    }
  }
}

const isRunning = (job: JobRecord | undefined): boolean =>
  job?.state === 'waiting' || job?.state === 'running';
