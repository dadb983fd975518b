/**
 * Trees and plans of one batch, inserted in one transaction of PostgreSQL: a statement for all trees, one for all plans.
 *
 * A plan is kept where its tree is there, and the tree is held until the transaction ends, so that whoever deletes it waits
 * and then takes the plan along.
 */

import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Batch, Written } from './group-commit.ts';
import type { PostgresBlobs } from './postgres-blobs.ts';
import { SMALL_BLOB } from './records.ts';
import type { PlanRecord } from './store.ts';

/** By the database's clock, which servers whose own differ agree on. */
const NOW = '(extract(epoch from now()) * 1000)::bigint';

export async function insertBatch(
  client: pg.PoolClient,
  blobs: PostgresBlobs,
  { trees, plans }: Batch,
): Promise<Written> {
  const added: string[] = [];
  const orphans: string[] = [];
  if (trees.size > 0) {
    const rows = inOrder(trees);
    const placed = await placedBytes(client, blobs, rows, ({ bytes }) => bytes);
    const { rows: inserted } = await client.query<{ id: string }>(
      `insert into tree (id, info, bytes, blob, size, made)
         select *, ${NOW} from unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::bigint[])
         on conflict do nothing returning id`,
      [rows.map(({ id }) => id), rows.map(({ info }) => info), ...placed],
    );
    for (const { id } of inserted) added.push(id);
  }
  if (plans.size > 0) {
    const all = inOrder(plans);
    const held = await heldTrees(client, all, new Set(added));
    const rows = all.filter(({ treeId }) => held.has(treeId));
    orphans.push(...all.flatMap(({ id, treeId }) => (held.has(treeId) ? [] : id)));
    const placed = await placedBytes(client, blobs, rows, ({ steps }) => steps);
    const ids = rows.map(({ id }) => id);
    await client.query(
      `insert into plan (id, tree_id, head, steps, blob, size, made)
         select *, ${NOW} from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::bigint[])
         on conflict do nothing`,
      [ids, rows.map(({ treeId }) => treeId), rows.map(({ head }) => head), ...placed],
    );
    await client.query('delete from job where id = any($1)', [all.map(({ id }) => id)]);
  }
  return { added, orphans };
}

/** The trees of plans that are there, and stay until the transaction ends. @param added by this transaction */
async function heldTrees(
  client: pg.PoolClient,
  plans: readonly PlanRecord[],
  added: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const others = [...new Set(plans.map(({ treeId }) => treeId))].filter((id) => !added.has(id));
  if (others.length === 0) return added;
  const { rows } = await client.query<{ id: string }>(
    'select id from tree where id = any($1) order by id for key share',
    [others],
  );
  return new Set([...added, ...rows.map(({ id }) => id)]);
}

/** Bytes in the row, hash of those that lie apart, and length, a column each. */
async function placedBytes<T>(
  client: pg.PoolClient,
  blobs: PostgresBlobs,
  rows: readonly T[],
  of: (row: T) => Uint8Array,
): Promise<[(Buffer | null)[], (string | null)[], number[]]> {
  const inRow: (Buffer | null)[] = [];
  const hashes: (string | null)[] = [];
  for (const row of rows) {
    const bytes = Buffer.from(of(row).buffer, of(row).byteOffset, of(row).byteLength);
    const small = bytes.length <= SMALL_BLOB;
    const hash = small ? null : createHash('sha256').update(bytes).digest('hex');
    if (hash) await blobs.write(client, hash, bytes);
    inRow.push(small ? bytes : null);
    hashes.push(hash);
  }
  return [inRow, hashes, rows.map((row) => of(row).length)];
}

/** Servers that insert the same rows wait for each other instead of for ever when all go by one order. */
function inOrder<T extends { readonly id: string }>(records: ReadonlyMap<string, T>): T[] {
  return [...records.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
