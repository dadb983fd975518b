/**
 * What a retention rule lets go: plans before trees, since a plan can be made again from its tree, and the oldest first.
 *
 * A tree goes by its age when it has no plan that stays. Where the store is larger than it may be, the oldest plans go,
 * however young, and when none is left the oldest trees. A tree with an open job stays: its plan was promised.
 */

import type { ExpressionBuilder, Kysely } from 'kysely';
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
    for (const row of kind === 'plan' ? await oldestPlans(db, most) : await oldestTrees(db, most)) {
      if (over <= 0) break;
      if (known.has(row.id)) continue;
      gone.push(row);
      over -= row.size;
    }
  }
  return gone;
}

async function oldestPlans(db: Kysely<Tables>, most: number): Promise<Expiring[]> {
  const rows = await db
    .selectFrom('plan')
    .select(['id', 'made', 'size'])
    .orderBy('made')
    .limit(most)
    .execute();
  return rows.map((row) => ({ kind: 'plan', ...row }));
}

async function oldestTrees(db: Kysely<Tables>, most: number): Promise<Expiring[]> {
  const rows = await freeTrees(db).limit(most).execute();
  return rows.map((row) => ({ kind: 'tree', ...row }));
}

async function oldPlans(db: Kysely<Tables>, before: number | null, most: number): Promise<Expiring[]> {
  if (before === null) return [];
  return (await oldestPlans(db, most)).filter(({ made }) => made < before);
}

async function oldTrees(db: Kysely<Tables>, before: number | null, most: number): Promise<Expiring[]> {
  if (before === null) return [];
  const rows = await freeTrees(db)
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
    .limit(most)
    .execute();
  return rows.map((row) => ({ kind: 'tree', ...row }));
}

/** Trees that nothing is being planned for, the oldest first. */
export function freeTrees(db: Kysely<Tables>) {
  return db
    .selectFrom('tree')
    .select(['id', 'made', 'size'])
    .where((tree) => tree.not(hasOpenJob(tree)))
    .orderBy('made');
}

function hasOpenJob({ exists, selectFrom }: ExpressionBuilder<Tables, 'tree'>) {
  return exists(
    selectFrom('job')
      .select('job.id')
      .whereRef('job.tree_id', '=', 'tree.id')
      .where('job.state', 'in', ['waiting', 'running']),
  );
}
