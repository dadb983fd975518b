/** The store that the settings ask for. */

import { EmbeddedStore } from './embedded-store.ts';
import { PostgresStore } from './postgres-store.ts';
import type { Store } from './store.ts';

export interface StorePlace {
  /** Empty: the embedded store. */
  readonly databaseUrl: string;
  readonly dataDir: string;
}

/** @throws StoreFailure in words for people */
export function openStore(
  { databaseUrl, dataDir }: StorePlace,
  onLost?: (error: Error) => void,
): Promise<Store> {
  return databaseUrl === '' ? EmbeddedStore.open(dataDir) : PostgresStore.open(databaseUrl, onLost);
}
