/** Rows of what uploads of a tree said beside it; both databases understand this SQL. */

import { type Kysely, sql } from 'kysely';
import type { Dialect } from './job-records.ts';
import type { SurroundingsRecord } from './store.ts';
import type { Tables } from './tables.ts';

/** Of one tree. */
const MOST_KEPT = 100;

/** Nothing where the tree is gone. */
export async function putSurroundings(
  db: Kysely<Tables>,
  { now, locksRows }: Dialect,
  treeId: string,
  { id, text }: SurroundingsRecord,
): Promise<void> {
  // Two that come within a millisecond are still told apart.
  const next = db
    .selectFrom('surroundings')
    .select((row) => sql<number>`coalesce(max(${row.ref('made')}), 0) + 1`.as('next'))
    .where('tree_id', '=', treeId);
  const made = sql<number>`(select case when m.next > ${now} then m.next else ${now} end from (${next}) as m)`;
  await db
    .insertInto('surroundings')
    .columns(['id', 'tree_id', 'text', 'made'])
    .expression(
      db
        .selectFrom('tree')
        .select([sql<string>`cast(${id} as text)`.as('id'), 'tree.id as tree_id'])
        .select([sql<string>`cast(${text} as text)`.as('text'), made.as('made')])
        .where('tree.id', '=', treeId)
        .$if(locksRows, (tree) => tree.forKeyShare()),
    )
    .onConflict((conflict) => conflict.columns(['tree_id', 'id']).doUpdateSet({ made }))
    .execute();
  const kept = db
    .selectFrom('surroundings')
    .select('id')
    .where('tree_id', '=', treeId)
    .orderBy('made', 'desc')
    .limit(MOST_KEPT);
  await db.deleteFrom('surroundings').where('tree_id', '=', treeId).where('id', 'not in', kept).execute();
}

/** @param id left out: the newest */
export async function readSurroundings(
  db: Kysely<Tables>,
  treeId: string,
  id?: string,
): Promise<(SurroundingsRecord & { of: number }) | undefined> {
  const all = db.selectFrom('surroundings').where('tree_id', '=', treeId);
  const row = await all
    .$if(id !== undefined, (some) => some.where('id', '=', id!))
    .select(['id', 'text'])
    .orderBy('made', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) return undefined;
  const { of } = await all.select((rows) => rows.fn.countAll<number>().as('of')).executeTakeFirstOrThrow();
  return { ...row, of: Number(of) };
}
