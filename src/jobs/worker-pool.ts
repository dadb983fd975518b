/**
 * Worker threads with a bounded queue.
 *
 * Bytes go in and come out, transferred. A worker that dies or runs out of memory costs the task that it had, no other:
 * the pool puts a new one in its place.
 */

import { Piscina } from 'piscina';
import { Problem } from '../errors.ts';
import type { Answer, Order, Transfer } from './crossing.ts';

export interface WorkerPoolOptions {
  readonly threads: number;
  /** Tasks that may wait. */
  readonly queue: number;
  readonly heapMb: number;
  readonly workerFile: URL;
}

const RETRY_AFTER_SECONDS = 5;
const IDLE_MS = 30_000;

export class WorkerPool {
  private readonly pool: Piscina<Order, Answer>;
  private readonly capacity: number;
  /** Each ends a task that has no answer yet. */
  private readonly underWay = new Set<AbortController>();

  constructor({ threads, queue, heapMb, workerFile }: WorkerPoolOptions) {
    this.capacity = threads + queue;
    this.pool = new Piscina<Order, Answer>({
      filename: workerFile.href,
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: IDLE_MS,
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
    });
    // A thread that ended without a task, as those do that cannot begin: their program may be gone from the disk.
    this.pool.on('error', (error) => {
      if (this.pool.threads.length === 0) for (const task of this.underWay) task.abort(error);
    });
  }

  /** @throws Problem QUEUE_FULL */
  checkRoom(): void {
    if (this.underWay.size >= this.capacity) {
      throw new Problem('QUEUE_FULL', `${this.underWay.size} requests are being worked on or wait already.`, {
        headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
      });
    }
  }

  /**
   * Runs one task; resolves to its result.
   * @param transfer buffers and ports of the order that move to the worker
   * @throws Problem what the task itself found wrong, WORKER_LOST, PLAN_CANCELLED
   */
  async run(order: Order, transfer: readonly Transfer[], signal?: AbortSignal): Promise<unknown> {
    const task = new AbortController();
    this.underWay.add(task);
    const ends = signal ? AbortSignal.any([signal, task.signal]) : task.signal;
    try {
      const answer = await this.pool.run(order, { transferList: [...transfer], signal: ends });
      if ('result' in answer) return answer.result;
      throw Problem.of(answer.problem);
    } catch (error) {
      throw threadProblem(task.signal.aborted ? task.signal.reason : error, signal);
    } finally {
      this.underWay.delete(task);
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}

function threadProblem(error: unknown, signal: AbortSignal | undefined): Problem {
  if (error instanceof Problem) return error;
  if (signal?.aborted) return new Problem('PLAN_CANCELLED', 'The planning was cancelled.');
  const outOfMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
  return new Problem(
    'WORKER_LOST',
    outOfMemory ? 'The worker thread ran out of memory.' : 'The worker thread ended before it had an answer.',
    { cause: error },
  );
}
