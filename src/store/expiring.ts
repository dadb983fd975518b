/**
 * What a retention rule lets go: plans before trees, since a plan can be made again from its tree, and the oldest first.
 *
 * A tree goes by its age when it has no plan that stays and no job that is open. Where the store is larger than it may be,
 * the oldest plans go, however young, and when none is left the oldest trees.
 */

import type { Kysely } from 'kysely';
import type { Expiring, RetentionRule, StoreSizes } from './store.ts';
import type { Tables } from './tables.ts';

/** From the indexes alone. */
export async function storeSizes(db: Kysely<Tables>): Promise<StoreSizes> {
  const of = async (table: 'tree' | 'plan') => {
    const sums = db
      .selectFrom(table)
      .select((row) => [
        row.fn.countAll<number>().as('count'),
        row.fn.coalesce(row.fn.sum<number>('size'), row.lit(0)).as('bytes'),
      ]);
    const { count, bytes } = await sums.executeTakeFirstOrThrow();
    return { count: Number(count), bytes: Number(bytes) };
  };
  return { trees: await of('tree'), plans: await of('plan') };
}

/** Part of it, the first to go first; empty where nothing goes. */
export async function expiring(
  db: Kysely<Tables>,
  { before, mostBytes, most }: RetentionRule,
): Promise<Expiring[]> {
  const gone = [...(await oldPlans(db, before, most)), ...(await oldTrees(db, before, most))];
  if (mostBytes === null) return gone;
  const { trees, plans } = await storeSizes(db);
  let over = trees.bytes + plans.bytes - mostBytes - gone.reduce((sum, { size }) => sum + size, 0);
  const known = new Set(gone.map(({ id }) => id));
  for (const kind of ['plan', 'tree'] as const) {
    // Trees are for when there are no plans left.
    if (kind === 'tree' && plans.count > gone.filter((one) => one.kind === 'plan').length) break;
    for (const row of await oldest(db, kind, most)) {
      if (over <= 0) break;
      if (known.has(row.id)) continue;
      gone.push(row);
      over -= row.size;
    }
  }
  return gone;
}

async function oldest(db: Kysely<Tables>, kind: 'plan' | 'tree', most: number): Promise<Expiring[]> {
  const rows = await db.selectFrom(kind).select(['id', 'made', 'size']).orderBy('made').limit(most).execute();
  return rows.map((row) => ({ kind, ...row }));
}

async function oldPlans(db: Kysely<Tables>, before: number | null, most: number): Promise<Expiring[]> {
  if (before === null) return [];
  return (await oldest(db, 'plan', most)).filter(({ made }) => made < before);
}

async function oldTrees(db: Kysely<Tables>, before: number | null, most: number): Promise<Expiring[]> {
  if (before === null) return [];
  const rows = await db
    .selectFrom('tree')
    .select(['id', 'made', 'size'])
    .where('made', '<', before)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('plan')
            .select('plan.id')
            .whereRef('plan.tree_id', '=', 'tree.id')
            .where('plan.made', '>=', before),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('job')
            .select('job.id')
            .whereRef('job.tree_id', '=', 'tree.id')
            .where('job.state', 'in', ['waiting', 'running']),
        ),
      ),
    )
    .orderBy('made')
    .limit(most)
    .execute();
  return rows.map((row) => ({ kind: 'tree', ...row }));
}
