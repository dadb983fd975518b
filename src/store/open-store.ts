/** The store that the settings ask for. */

import type { Config } from '../config.ts';
import { EmbeddedStore } from './embedded-store.ts';
import { PostgresStore } from './postgres-store.ts';
import type { Store } from './store.ts';

/** @throws StoreFailure in words for people */
export function openStore({ databaseUrl, dataDir }: Config, onLost?: (error: Error) => void): Promise<Store> {
  return databaseUrl === '' ? EmbeddedStore.open(dataDir) : PostgresStore.open(databaseUrl, onLost);
}
