/** Work in one transaction of PostgreSQL: done whole, or not at all. */

import type pg from 'pg';

export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let isBroken = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    // A connection that has not answered is not asked once more: the database ends what it had begun.
    isBroken = (error as Error).message === NO_ANSWER;
    if (!isBroken) {
      await client.query('rollback').catch(() => {
        isBroken = true;
      });
    }
    throw error;
  } finally {
    client.release(isBroken);
  }
}

/** The driver's words for a statement without an answer in its time. */
const NO_ANSWER = 'Query read timeout';
