/**
 * Large blobs in PostgreSQL: rows of PART bytes by their hash.
 *
 * A writer of a blob and one who would remove it exclude each other by a lock on the hash, which ends with their
 * transactions; so a blob goes only when no row names it, and none is about to.
 */

import type pg from 'pg';
import { inTransaction } from './postgres-transaction.ts';
import type { Blobs } from './records.ts';

/** Values are sent as text of twice their length, and held whole. */
const PART = 4 << 20;

export class PostgresBlobs implements Blobs {
  private readonly pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.pool = pool;
  }

  /** In the transaction of the row that names it. */
  async write(client: pg.PoolClient, hash: string, bytes: Buffer): Promise<void> {
    await client.query('select pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [hash]);
    for (let part = 0; part * PART < bytes.length; part++) {
      await client.query('insert into blob_part values ($1, $2, $3) on conflict do nothing', [
        hash,
        part,
        bytes.subarray(part * PART, (part + 1) * PART),
      ]);
    }
  }

  async read(hash: string): Promise<Uint8Array> {
    const { rows } = await this.pool.query<{ bytes: Buffer }>(
      'select bytes from blob_part where hash = $1 order by part',
      [hash],
    );
    if (rows.length === 0) throw new Error(`The blob ${hash} is missing.`);
    return Buffer.concat(rows.map(({ bytes }) => bytes));
  }

  async remove(hash: string): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [hash]);
      await client.query(
        `delete from blob_part where hash = $1
           and not exists (select from tree where blob = $1) and not exists (select from plan where blob = $1)`,
        [hash],
      );
    });
  }
}
