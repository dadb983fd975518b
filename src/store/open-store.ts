/** The store that the settings ask for. */

import type { Store } from './store.ts';

export interface StorePlace {
  /** Empty: the embedded store. */
  readonly databaseUrl: string;
  readonly dataDir: string;
}

/**
 * Only the one that is asked for is loaded: each has a driver of its own.
 * @throws StoreFailure in words for people
 */
export async function openStore(
  { databaseUrl, dataDir }: StorePlace,
  onLost?: (error: Error) => void,
): Promise<Store> {
  if (databaseUrl === '') {
    const { EmbeddedStore } = await import('./embedded-store.ts');
    return EmbeddedStore.open(dataDir);
  }
  const { PostgresStore } = await import('./postgres-store.ts');
  return PostgresStore.open(databaseUrl, onLost);
}
