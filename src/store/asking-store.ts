/**
 * What both stores answer from the records of their database alone, whatever they keep in memory and write in groups: each
 * says how its records are asked.
 */

import type { Records } from './records.ts';

/** A method of the records. */
export type RecordsTask = keyof Records;

export abstract class AskingStore {
  readonly trees = this.asking('trees');
  readonly putSurroundings = this.asking('putSurroundings');
  readonly surroundings = this.asking('surroundings');
  readonly plansOf = this.asking('plansOf');
  readonly putJob = this.asking('putJob');
  readonly claimJob = this.asking('claimJob');
  readonly job = this.asking('job');
  readonly jobs = this.asking('jobs');
  readonly jobCounts = this.asking('jobCounts');
  readonly takeJob = this.asking('takeJob');
  readonly beatJob = this.asking('beatJob');
  readonly releaseJob = this.asking('releaseJob');
  readonly failJob = this.asking('failJob');
  readonly cancelJob = this.asking('cancelJob');
  readonly deleteJob = this.asking('deleteJob');
  readonly sizes = this.asking('sizes');

  /** @throws Problem STORE_FULL, STORE_UNAVAILABLE */
  protected abstract ask<K extends RecordsTask>(
    task: K,
    ...args: Parameters<Records[K]>
  ): ReturnType<Records[K]>;

  protected asking<K extends RecordsTask>(
    task: K,
  ): (...args: Parameters<Records[K]>) => ReturnType<Records[K]> {
    return (...args) => this.ask(task, ...args);
  }
}

/** The compiler does not follow a name into methods of several types. */
export function askRecords(records: Records, task: RecordsTask, args: readonly unknown[]): unknown {
  const method = records[task] as (...args: readonly unknown[]) => unknown;
  return method.apply(records, [...args]);
}
