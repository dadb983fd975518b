/**
 * From uploads to plans: what is small is read and planned at once on the main thread, the rest in worker threads.
 *
 * Reading and planning have pools of their own, so that the id of a large plan, which needs its tree's id, is known
 * while other plans are computed. A plan that was asked for twice is computed once.
 */

import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { Config } from '../config.ts';
import type { PlanOptions } from '../engine/plan/plan-options.ts';
import type { Phase } from '../engine/plan/planning.ts';
import type { ProcessTree } from '../engine/tree/process-tree.ts';
import { Problem } from '../errors.ts';
import type { PlanRecord, Store, TreeRecord } from '../store/store.ts';
import { treeFromBytes } from '../store/tree-bytes.ts';
import { birthAnalysisJson } from './birth-analysis-view.ts';
import { sendBytes } from './byte-channel.ts';
import { makePlan, type PlanHead } from './make-plan.ts';
import { planId } from './plan-identity.ts';
import { PlanJob } from './plan-job.ts';
import { comparisonView, type PlanView, planView, type StepRange } from './plan-view.ts';
import { readUpload } from './read-upload.ts';
import { addBirths, type BirthsAdded } from './record-births.ts';
import type { Answer, BirthsTask, ReadTask, UploadMessage } from './tasks.ts';
import { type Upload, uploadSize, type Wanted } from './upload.ts';
import { type Transfer, WorkerPool } from './worker-pool.ts';

/** Ended jobs that are remembered, for their events and failures. */
const ENDED_JOBS = 256;
/** Step bytes: some thousand steps. */
const INLINE_COMPARISON_BYTES = 64 * 1024;
/** Above this, searching for histories can take longer than a request may hold up others. */
const INLINE_ANALYSIS_PROCESSES = 8;
/** Above this, bounds of unknown births can. */
const INLINE_BOUNDS_PROCESSES = 500;
const WORKER_FILE = new URL('./worker.js', import.meta.url);

/** A tree that can be planned: its record, and the tree itself where it is in memory anyway. */
export interface TreeAtHand {
  readonly record: TreeRecord;
  readonly tree?: ProcessTree;
}

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
  private readonly reading: WorkerPool;
  private readonly planning: WorkerPool;
  /** Running jobs, and the last ended ones, oldest first. */
  private readonly jobs = new Map<string, PlanJob>();
  private closing = false;

  /** @param workerFile for tests: another program for the threads */
  constructor(store: Store, config: Config, workerFile = WORKER_FILE) {
    const { planning, reading, queue, heapMb } = config.workers;
    this.store = store;
    this.config = config;
    this.reading = new WorkerPool({ threads: reading, queue, heapMb, workerFile });
    this.planning = new WorkerPool({ threads: planning, queue, heapMb, workerFile });
  }

  /** Jobs of the planning threads, for the metrics. */
  get load(): { readonly running: number; readonly waiting: number } {
    return { running: this.planning.running, waiting: this.planning.waiting };
  }

  /** @throws Problem saying what is wrong with the upload, QUEUE_FULL */
  async read(upload: Upload, wanted: Wanted): Promise<ReadUpload> {
    const { limits, workers } = this.config;
    if (uploadSize(upload) <= workers.inlineMaxBytes) {
      const { options, ...outcome } = await readUpload(upload, wanted, limits);
      if (outcome.tree === null) return { brought: null, treeId: outcome.treeId, options };
      const { record, tree } = outcome;
      return { brought: { record, tree }, treeId: record.id, options };
    }
    const { tree, treeId, options } = await this.inReader(upload, (message) => ({
      do: 'read',
      upload: message,
      wanted,
      limits,
    }));
    return { brought: tree && { record: tree }, treeId, options };
  }

  /**
   * A tree with the births that a record of events knows.
   * @throws Problem saying what is wrong with the events, QUEUE_FULL
   */
  async addBirths(tree: TreeRecord, upload: Upload): Promise<BirthsAdded> {
    const { limits, workers } = this.config;
    const small =
      uploadSize(upload) <= workers.inlineMaxBytes && processesOf(tree) <= INLINE_BOUNDS_PROCESSES;
    if (small) return addBirths(tree, upload, limits);
    const { bytes, info } = tree;
    return this.inReader(upload, (message) => ({
      do: 'births',
      upload: message,
      tree: { bytes, info },
      limits,
    }));
  }

  private async inReader<T extends ReadTask | BirthsTask>(
    upload: Upload,
    task: (message: UploadMessage) => T,
  ): Promise<Extract<Answer, { of: T['do'] }>> {
    this.reading.reserve();
    const way = onItsWay(upload);
    try {
      return await this.reading.run(task(way.message), way.transfer);
    } catch (error) {
      // A connection that broke is the reason, whatever the reader made of it.
      throw way.broken() ?? error;
    } finally {
      way.end();
    }
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
    const { record, tree } = treeAtHand;
    const id = planId(record.id, options);
    const job = this.jobs.get(id);
    if (job?.state === 'running') return job;
    const processes = tree?.size ?? processesOf(record);
    const small = processes <= this.config.workers.inlineMaxProcesses;
    // A small plan is made again sooner than it is found on disk.
    const present = small ? this.store.recentPlan(id) : await this.store.plan(id);
    if (present) return present;
    if (!small) return this.startJob(id, record, options, processes);
    const make = () => makePlan(tree ?? treeFromBytes(record.bytes), record.id, options);
    if (inBackground) {
      const run = async (): Promise<PlanRecord> => this.keep(await afterTurn(make));
      return this.remember(new PlanJob(id, record.id, options, processes, run));
    }
    return this.keep(make());
  }

  /** The running job of a plan, or how its last one ended. */
  job(id: string): PlanJob | undefined {
    return this.jobs.get(id);
  }

  /** Ends and forgets the job of a plan; false where nothing ran. Resolves when it has ended. */
  async cancel(id: string): Promise<boolean> {
    const job = this.jobs.get(id);
    if (!job) return false;
    job.cancel();
    await Promise.allSettled([job.done]);
    this.jobs.delete(id);
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
  async view(plan: PlanRecord, view: PlanView, range?: StepRange): Promise<string | Uint8Array> {
    const tree = await this.treeOf(plan);
    if (processesOf(tree) <= this.config.workers.inlineMaxProcesses) {
      return planView(view, treeFromBytes(tree.bytes), plan, range);
    }
    const { json } = await this.planning.run({
      do: 'view',
      view,
      tree: tree.bytes,
      plan,
      ...(range && { range }),
    });
    return json;
  }

  /** The JSON of what is certain and what is open in the births of a plan's tree, under the plan's options. */
  async birthAnalysis(plan: PlanRecord): Promise<string | Uint8Array> {
    const tree = await this.treeOf(plan);
    const { options } = JSON.parse(plan.head) as PlanHead;
    if (processesOf(tree) <= INLINE_ANALYSIS_PROCESSES) {
      return birthAnalysisJson(treeFromBytes(tree.bytes), options);
    }
    return (await this.planning.run({ do: 'analyse', tree: tree.bytes, options })).json;
  }

  /** The JSON of two plans of one tree compared. */
  async comparison(a: PlanRecord, b: PlanRecord): Promise<string | Uint8Array> {
    if (a.steps.length + b.steps.length <= INLINE_COMPARISON_BYTES) return comparisonView(a, b);
    return (await this.planning.run({ do: 'compare', a, b })).json;
  }

  /** Cancels what runs and ends the threads. */
  async close(): Promise<void> {
    this.closing = true;
    const running = [...this.jobs.values()].filter((job) => job.state === 'running');
    for (const job of running) job.cancel();
    await Promise.allSettled(running.map((job) => job.done));
    await Promise.all([this.reading.close(), this.planning.close()]);
  }

  private async treeOf({ treeId }: PlanRecord): Promise<TreeRecord> {
    const tree = await this.store.tree(treeId);
    if (!tree) throw new Problem('TREE_NOT_FOUND', `The tree ${treeId} of this plan is gone.`);
    return tree;
  }

  private startJob(id: string, record: TreeRecord, options: PlanOptions, processes: number): PlanJob {
    this.planning.reserve();
    const job = new PlanJob(id, record.id, options, processes, async (job, signal) => {
      const { port1, port2 } = new MessageChannel();
      port1.on('message', (phase: Phase) => job.phase(phase));
      port1.unref();
      // The bytes are copied: the store may still hold them to be written.
      const tree = new Uint8Array(record.bytes);
      try {
        const { head, steps } = await this.planning.run(
          { do: 'plan', treeId: record.id, tree, options, progress: port2 },
          [tree.buffer, port2],
          signal,
        );
        // The answer may overtake the phases, which come by a port of their own.
        for (let late = receiveMessageOnPort(port1); late; late = receiveMessageOnPort(port1)) {
          job.phase(late.message as Phase);
        }
        return await this.keep({ id, treeId: record.id, head, steps });
      } finally {
        port1.close();
      }
    });
    return this.remember(job);
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

async function afterTurn<T>(make: () => T): Promise<T> {
  await new Promise(setImmediate);
  return make();
}

function processesOf(tree: TreeRecord): number {
  return (JSON.parse(tree.info) as { processes: number }).processes;
}

interface UploadOnItsWay {
  readonly message: UploadMessage;
  readonly transfer: Transfer[];
  /** Why the sending failed, if it did. */
  broken(): unknown;
  /** Nobody reads it any more. */
  end(): void;
}

function onItsWay(upload: Upload): UploadOnItsWay {
  const allHere = { broken: () => undefined, end: () => {} };
  if ('parts' in upload) {
    return { message: upload, transfer: wholeBuffers(upload.parts.map(({ bytes }) => bytes)), ...allHere };
  }
  const { contentType, head, rest } = upload;
  if (!rest) return { message: { contentType, head, rest }, transfer: wholeBuffers([head]), ...allHere };
  const { port1, port2 } = new MessageChannel();
  let reason: unknown;
  sendBytes(rest, port1).catch((error: unknown) => {
    reason = error;
  });
  return {
    message: { contentType, head, rest: port2 },
    transfer: [...wholeBuffers([head]), port2],
    broken: () => reason,
    end: () => port1.close(),
  };
}

/** Only whole buffers can move; a view on a part of one is cloned. */
function wholeBuffers(parts: readonly Uint8Array[]): ArrayBuffer[] {
  return parts.flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  );
}
