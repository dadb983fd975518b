/** The tables in PostgreSQL, made or brought forward at the start, by one server at a time. */

import type pg from 'pg';
import { inTransaction } from './postgres-transaction.ts';
import { StoreFailure } from './store-failure.ts';
import { POSTGRES_VERSIONS } from './tables.ts';

/** Of all servers that bring the schema up to date. */
const SCHEMA_LOCK = 7_241_938;

/** @throws StoreFailure where a later Regraft has made them */
export async function bringUpToDate(pool: pg.Pool): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
    await client.query(
      'create table if not exists regraft_schema (version integer not null, checked timestamptz)',
    );
    const { rows } = await client.query<{ version: number }>('select version from regraft_schema');
    const version = rows[0]?.version ?? 0;
    if (version > POSTGRES_VERSIONS.length) {
      throw new StoreFailure(
        'unusable',
        `the database was made by a later Regraft (its schema is ${version}, this one knows ${POSTGRES_VERSIONS.length})`,
      );
    }
    for (const statement of POSTGRES_VERSIONS.slice(version).flat()) await client.query(statement);
    await client.query('delete from regraft_schema');
    await client.query('insert into regraft_schema values ($1)', [POSTGRES_VERSIONS.length]);
  });
}
