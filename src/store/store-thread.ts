/** The thread of the embedded store: SQL and files, off the thread that answers requests. One task at a time. */

import { move, transferableSymbol, valueSymbol, workerData } from 'piscina';
import { askRecords, type RecordsTask } from './asking-store.ts';
import { StoreDatabase } from './database.ts';
import { type PackedBatch, unpackBatch } from './packed-batch.ts';
import { type FailureKind, storeFailure } from './store-failure.ts';

/** A method of the records with its arguments, or what only this database does. */
export type StoreTask =
  | { readonly do: RecordsTask; readonly args: readonly unknown[] }
  | { readonly do: 'write'; readonly batch: PackedBatch }
  | { readonly do: 'check'; readonly bytes: number }
  | { readonly do: 'open' | 'close' };

export type StoreAnswer =
  | { readonly result: unknown }
  | { readonly failure: { readonly kind: FailureKind; readonly message: string } };

let database: StoreDatabase | undefined;

export default async function run(task: StoreTask): Promise<StoreAnswer> {
  try {
    return moved(await carryOut(task));
  } catch (error) {
    const { kind, message } = storeFailure(error);
    return { failure: { kind, message } };
  }
}

/** In the form in which the pool transfers a record's body, where it has a buffer of its own, instead of copying it. */
function moved(result: unknown): StoreAnswer {
  const parts = typeof result === 'object' && result !== null ? Object.values(result) : [];
  const buffers = parts.flatMap((part) =>
    part instanceof Uint8Array && part.byteLength === part.buffer.byteLength ? part.buffer : [],
  );
  if (buffers.length === 0) return { result };
  const transferable = { [transferableSymbol]: buffers, [valueSymbol]: { result } };
  return move(transferable as unknown as Parameters<typeof move>[0]) as unknown as StoreAnswer;
}

async function carryOut(task: StoreTask): Promise<unknown> {
  database ??= StoreDatabase.open(workerData.directory);
  switch (task.do) {
    case 'open':
      return;
    case 'write': {
      const { trees, plans } = unpackBatch(task.batch);
      return database.write(trees, plans);
    }
    case 'check':
      return database.check(task.bytes);
    case 'close':
      database.close();
      return;
    default:
      return askRecords(database.records, task.do, task.args);
  }
}
