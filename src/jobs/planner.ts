/**
 * From uploads to plans, and from plans to what is asked about them.
 *
 * A plan that is asked for twice is computed once: while it is, it has a job that others can wait for, watch and cancel.
 */

import type { Config } from '../config.ts';
import type { CriuRelease } from '../engine/handover/graft.ts';
import type { PlanOptions } from '../engine/plan/plan-options.ts';
import type { Conflict, Target } from '../engine/plan/preflight.ts';
import { Problem } from '../errors.ts';
import type { PlanRecord, Store, TreeRecord } from '../store/store.ts';
import { Dispatcher } from './dispatcher.ts';
import type { GraftForm } from './graft-view.ts';
import type { PlanHead } from './make-plan.ts';
import { planId } from './plan-identity.ts';
import { PlanJob } from './plan-job.ts';
import type { PlanView, StepRange } from './plan-view.ts';
import type { BirthsAdded } from './record-births.ts';
import { infoOf } from './tree-record.ts';
import type { TreeView } from './tree-view.ts';
import type { Upload, Wanted } from './upload.ts';
import type { Json, PlanTask, TreeAtHand } from './work.ts';

/** Ended jobs that are remembered, for their events and failures. */
const ENDED_JOBS = 256;

export interface ReadUpload {
  /** Null where the body names a stored tree instead of bringing one. */
  readonly brought: TreeAtHand | null;
  readonly treeId: string;
  /** `options` of the body, unchecked; undefined where it has none. */
  readonly options: unknown;
}

export class Planner {
  private readonly store: Store;
  private readonly config: Config;
  private readonly dispatcher: Dispatcher;
  /** Running jobs, and the last ended ones, oldest first. */
  private readonly jobs = new Map<string, PlanJob>();
  private closing = false;

  /** @param workerFile for tests: another program for the threads */
  constructor(store: Store, config: Config, workerFile?: URL) {
    this.store = store;
    this.config = config;
    this.dispatcher = new Dispatcher(config.workers, workerFile);
  }

  /** Jobs of the planning threads, for the metrics. */
  get load(): { readonly running: number; readonly waiting: number } {
    return this.dispatcher.load;
  }

  /**
   * @param set directory of the image set that is wanted of an archive
   * @throws Problem saying what is wrong with the upload, QUEUE_FULL
   */
  async read(upload: Upload, wanted: Wanted, set: string | null = null): Promise<ReadUpload> {
    const { limits } = this.config;
    const outcome = await this.dispatcher.run('read', { upload, wanted, limits, set });
    const { options } = outcome;
    if (outcome.record === null) return { brought: null, treeId: outcome.treeId, options };
    return { brought: outcome, treeId: outcome.record.id, options };
  }

  /**
   * A tree with the births that a record of events knows.
   * @throws Problem saying what is wrong with the events, QUEUE_FULL
   */
  addBirths(record: TreeRecord, upload: Upload): Promise<BirthsAdded> {
    const { limits } = this.config;
    return this.dispatcher.run('births', { treeAtHand: { record }, upload, limits });
  }

  /**
   * The plan where it is there or small enough to be made at once; else the job that makes it.
   * @param options canonical ones
   * @throws Problem QUEUE_FULL, SHUTTING_DOWN
   */
  async plan(
    treeAtHand: TreeAtHand,
    options: PlanOptions,
    inBackground = false,
  ): Promise<PlanRecord | PlanJob> {
    if (this.closing) throw new Problem('SHUTTING_DOWN', 'No new plans are taken.');
    const id = planId(treeAtHand.record.id, options);
    const job = this.jobs.get(id);
    if (job?.state === 'running') return job;
    const task: PlanTask = { treeAtHand, options };
    const small = this.dispatcher.isSmall('plan', task);
    // A small plan is made again sooner than it is found on disk.
    const present = small ? this.store.recentPlan(id) : await this.store.plan(id);
    if (present) return present;
    if (small && !inBackground) {
      const made = await this.dispatcher.here('plan', task);
      if (made) return this.keep(made);
    }
    return this.startJob(id, task, small && inBackground);
  }

  /** The running job of a plan, or how its last one ended. */
  job(id: string): PlanJob | undefined {
    return this.jobs.get(id);
  }

  /**
   * Ends the job of a plan, which stays to be asked for as cancelled; a job that had ended is forgotten.
   * False where there was none. Resolves when it has ended.
   */
  async cancel(id: string): Promise<boolean> {
    const job = this.jobs.get(id);
    if (!job) return false;
    const { state } = job;
    if (state !== 'running') {
      this.jobs.delete(id);
      return state !== 'ready';
    }
    job.cancel();
    await Promise.allSettled([job.done]);
    return job.state === 'cancelled';
  }

  /** Cancels and forgets what is computed for a tree. */
  forgetTree(treeId: string): void {
    for (const job of this.jobs.values()) {
      if (job.treeId !== treeId) continue;
      job.cancel();
      this.jobs.delete(job.id);
    }
  }

  /** The JSON of one view of a ready plan. */
  async view(plan: PlanRecord, view: PlanView, range?: StepRange): Promise<Json> {
    const treeAtHand = await this.treeOf(plan);
    return this.dispatcher.run('view', { view, treeAtHand, plan, ...(range && { range }) });
  }

  /** The JSON of what is told of a tree without a plan. */
  treeView(record: TreeRecord, view: TreeView): Promise<Json> {
    return this.dispatcher.run('treeView', { view, treeAtHand: { record } });
  }

  /** What makes an unpatched CRIU restore the tree of a plan: JSON, or pstree.img. */
  async graft(plan: PlanRecord, criu: CriuRelease, form: GraftForm): Promise<Json> {
    return this.dispatcher.run('graft', { treeAtHand: await this.treeOf(plan), plan, criu, form });
  }

  /** The JSON of the births of a plan. @param analysed with what is certain and what is open about those of its tree */
  async births(plan: PlanRecord, analysed: boolean): Promise<Json> {
    const births = await this.view(plan, 'births');
    return analysed ? withMember(births, 'analysis', await this.birthAnalysis(plan)) : births;
  }

  /**
   * What keeps a plan from running on a target.
   * @throws Problem PLAN_EMPTY where it has no steps
   */
  async preflight(plan: PlanRecord, target: Target): Promise<readonly Conflict[]> {
    if ((JSON.parse(plan.head) as PlanHead).outcome !== 'restorable') {
      throw new Problem('PLAN_EMPTY', 'Only a restorable plan can be checked against a target.');
    }
    return this.dispatcher.run('preflight', { treeAtHand: await this.treeOf(plan), plan, target });
  }

  /** The JSON of what is certain and what is open in the births of a plan's tree, under the plan's options. */
  private async birthAnalysis(plan: PlanRecord): Promise<Json> {
    const { options } = JSON.parse(plan.head) as PlanHead;
    return this.dispatcher.run('analyse', { treeAtHand: await this.treeOf(plan), options });
  }

  /** The JSON of two plans of one tree compared. */
  comparison(a: PlanRecord, b: PlanRecord): Promise<Json> {
    return this.dispatcher.run('compare', { a, b });
  }

  /** Cancels what runs and ends the threads. */
  async close(): Promise<void> {
    this.closing = true;
    const running = [...this.jobs.values()].filter((job) => job.state === 'running');
    for (const job of running) job.cancel();
    await Promise.allSettled(running.map((job) => job.done));
    await this.dispatcher.close();
  }

  private async treeOf({ treeId }: PlanRecord): Promise<TreeAtHand> {
    const record = await this.store.tree(treeId);
    if (!record) throw new Problem('TREE_NOT_FOUND', `The tree ${treeId} of this plan is gone.`);
    return { record };
  }

  /** @param attempt the plan may be small enough to be made here, after this turn of the event loop */
  private startJob(id: string, task: PlanTask, attempt: boolean): PlanJob {
    const { treeAtHand, options } = task;
    const { record } = treeAtHand;
    if (!attempt) this.dispatcher.reserve('plan');
    const run = async (job: PlanJob, signal: AbortSignal): Promise<PlanRecord> => {
      if (attempt) await new Promise(setImmediate);
      const made = attempt ? await this.dispatcher.here('plan', task) : null;
      const phase = job.phase.bind(job);
      return this.keep(made ?? (await this.dispatcher.elsewhere('plan', task, { phase, signal })));
    };
    const { processes } = treeAtHand.tree ? { processes: treeAtHand.tree.size } : infoOf(record);
    return this.remember(new PlanJob(id, record.id, options, processes, run));
  }

  private remember(job: PlanJob): PlanJob {
    this.jobs.delete(job.id);
    this.jobs.set(job.id, job);
    for (const [oldest, { state }] of this.jobs) {
      if (this.jobs.size <= ENDED_JOBS) break;
      if (state !== 'running') this.jobs.delete(oldest);
    }
    return job;
  }

  private async keep(plan: PlanRecord): Promise<PlanRecord> {
    await this.store.putPlan(plan);
    return plan;
  }
}

/** Both are texts of JSON; the second becomes the last member of the first, an object that has one. */
function withMember(object: Json, name: string, member: Json): Uint8Array {
  const whole = Buffer.from(object as string);
  return Buffer.concat([
    whole.subarray(0, -1),
    Buffer.from(`,"${name}":`),
    Buffer.from(member as string),
    Buffer.from('}'),
  ]);
}
