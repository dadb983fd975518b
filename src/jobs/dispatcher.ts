/**
 * Does work where it belongs: what is small at once on the main thread, the rest in worker threads (work.ts).
 *
 * Reading and planning have pools of their own, so that the id of a large plan, which needs its tree's id, is known
 * while other plans are computed.
 */

import type { Config } from '../config.ts';
import type { Phase } from '../engine/plan/planning.ts';
import { sent } from './crossing.ts';
import { type ResultOf, type TaskOf, WORK, type WorkContext, type WorkName } from './work.ts';
import { WorkerPool } from './worker-pool.ts';

const WORKER_FILE = new URL('./worker.js', import.meta.url);

export interface RunOptions {
  readonly phase?: (name: Phase) => void;
  /** Ends the work where it is in a worker thread. */
  readonly signal?: AbortSignal;
  /** Somebody else has seen to it that not too much of it waits. */
  readonly hasRoom?: boolean;
}

export class Dispatcher {
  private readonly limits: Config['workers'];
  private readonly pools: { readonly reading: WorkerPool; readonly planning: WorkerPool };

  /** @param workerFile for tests: another program for the threads */
  constructor(limits: Config['workers'], workerFile = WORKER_FILE) {
    const { planning, reading, queue, heapMb } = limits;
    this.limits = limits;
    this.pools = {
      reading: new WorkerPool({ threads: reading, queue, heapMb, workerFile }),
      planning: new WorkerPool({ threads: planning, queue, heapMb, workerFile }),
    };
  }

  /** Is the work done on the main thread, at once? */
  isSmall<K extends WorkName>(name: K, task: TaskOf<K>): boolean {
    const { size, inlineUpTo } = rowOf(name);
    return size(task) <= inlineUpTo(this.limits);
  }

  /** @throws Problem what is wrong with the task, QUEUE_FULL, WORKER_LOST, PLAN_CANCELLED */
  async run<K extends WorkName>(name: K, task: TaskOf<K>, options: RunOptions = {}): Promise<ResultOf<K>> {
    const made = this.isSmall(name, task) ? await this.here(name, task, options) : null;
    return made ?? this.elsewhere(name, task, options);
  }

  /** On the calling thread. Null: it would hold up others for too long. */
  here<K extends WorkName>(
    name: K,
    task: TaskOf<K>,
    { phase = () => {} }: RunOptions = {},
  ): ResultOf<K> | null | Promise<ResultOf<K>> {
    const { attempt, run } = rowOf(name);
    return attempt ? attempt(task) : run(task, { phase });
  }

  async elsewhere<K extends WorkName>(
    name: K,
    task: TaskOf<K>,
    { phase = () => {}, signal, hasRoom = false }: RunOptions = {},
  ): Promise<ResultOf<K>> {
    const pool = this.pools[WORK[name].threads];
    if (!hasRoom) pool.checkRoom();
    const way = sent(name, task, phase);
    try {
      return (await pool.run(way.order, way.transfer, signal)) as ResultOf<K>;
    } catch (error) {
      // A connection that broke is the reason, whatever the reader made of it.
      throw way.broken() ?? error;
    } finally {
      way.end();
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.pools.reading.close(), this.pools.planning.close()]);
  }
}

/** The row for the tasks of one kind of work: the compiler does not follow a key into a table of several types. */
function rowOf<K extends WorkName>(name: K) {
  return WORK[name] as unknown as {
    size(task: TaskOf<K>): number;
    inlineUpTo(limits: Config['workers']): number;
    attempt?(task: TaskOf<K>): ResultOf<K> | null;
    run(task: TaskOf<K>, context: WorkContext): ResultOf<K> | Promise<ResultOf<K>>;
  };
}
