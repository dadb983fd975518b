/** The thread of the embedded store: SQL and files, off the thread that answers requests. One task at a time. */

import { workerData } from 'piscina';
import { StoreDatabase } from './database.ts';
import { type PackedBatch, unpackBatch } from './packed-batch.ts';

const database = await StoreDatabase.open(workerData.directory);

export type StoreTask =
  | { readonly do: 'write'; readonly batch: PackedBatch }
  | { readonly do: 'trees'; readonly limit: number; readonly after: string | undefined }
  | {
      readonly do: 'tree' | 'hasTree' | 'deleteTree' | 'plan' | 'deletePlan';
      readonly id: string;
    }
  | { readonly do: 'check' | 'close' };

export default async function run(task: StoreTask): Promise<unknown> {
  switch (task.do) {
    case 'write': {
      const { trees, plans } = unpackBatch(task.batch);
      return database.write(trees, plans);
    }
    case 'trees':
      return database.trees(task.limit, task.after);
    case 'tree':
    case 'plan':
      return database[task.do](task.id);
    case 'hasTree':
    case 'deleteTree':
    case 'deletePlan':
      return database[task.do](task.id);
    case 'check':
    case 'close':
      return database[task.do]();
  }
}
