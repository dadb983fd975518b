/**
 * Reads and deletions: the SQL that both databases understand.
 *
 * Writes of trees and plans are each database's own, since they have to be fast (database.ts, postgres-store.ts).
 */

import type { Kysely } from 'kysely';
import { expiring, freeTrees, storeSizes } from './expiring.ts';
import { type Dialect, JobRecords } from './job-records.ts';
import type {
  Expiring,
  Page,
  PlanListing,
  PlanRecord,
  RetentionRule,
  StoreSizes,
  SurroundingsRecord,
  TreeListing,
  TreeRecord,
} from './store.ts';
import { putSurroundings, readSurroundings } from './surroundings-rows.ts';
import type { Tables } from './tables.ts';

/** Up to so many bytes stand in their row. */
export const SMALL_BLOB = 64 * 1024;

/** Larger ones, which lie apart from it, by their hash. */
export interface Blobs {
  read(hash: string): Promise<Uint8Array> | Uint8Array;
  remove(hash: string): Promise<void> | void;
}

export class Records extends JobRecords {
  private readonly blobs: Blobs;

  constructor(db: Kysely<Tables>, blobs: Blobs, dialect: Dialect) {
    super(db, dialect);
    this.blobs = blobs;
  }

  sizes(): Promise<StoreSizes> {
    return storeSizes(this.db);
  }

  expiring(rule: RetentionRule): Promise<Expiring[]> {
    return expiring(this.db, rule);
  }

  async tree(id: string): Promise<TreeRecord | undefined> {
    const row = await this.db.selectFrom('tree').selectAll().where('id', '=', id).executeTakeFirst();
    return row && { id, info: row.info, bytes: await this.bytes(row.bytes, row.blob) };
  }

  async trees(limit: number, after = '0'): Promise<Page<TreeListing>> {
    const rows = await this.db
      .selectFrom('tree')
      .select(['seq', 'id', 'info'])
      .where('seq', '>', Number(after))
      .orderBy('seq')
      .limit(limit + 1)
      .execute();
    const items = rows.slice(0, limit);
    return {
      items: items.map(({ id, info }) => ({ id, info })),
      next: rows.length > limit ? String(items.at(-1)!.seq) : null,
    };
  }

  /** @param onlyFree leave one that something is being planned for */
  async deleteTree(id: string, onlyFree = false): Promise<boolean> {
    const { trees, plans } = await this.db.transaction().execute(async (db) => {
      // Whoever stores a plan of it holds the tree: what is deleted here are all plans, and none follows.
      const tree = db.selectFrom('tree').select('seq').where('id', '=', id);
      if (this.dialect.locksRows) await tree.forUpdate().execute();
      if (onlyFree && (await freeTrees(db).where('id', '=', id).execute()).length === 0) {
        return { trees: [], plans: [] };
      }
      await db.deleteFrom('job').where('tree_id', '=', id).execute();
      await db.deleteFrom('surroundings').where('tree_id', '=', id).execute();
      const plans = await db.deleteFrom('plan').where('tree_id', '=', id).returning('blob').execute();
      const trees = await db.deleteFrom('tree').where('id', '=', id).returning('blob').execute();
      return { trees, plans };
    });
    for (const { blob } of [...plans, ...trees]) await this.dropUnused(blob);
    return trees.length > 0;
  }

  putSurroundings(treeId: string, surroundings: SurroundingsRecord): Promise<void> {
    return putSurroundings(this.db, this.dialect, treeId, surroundings);
  }

  surroundings(treeId: string, id?: string): Promise<(SurroundingsRecord & { of: number }) | undefined> {
    return readSurroundings(this.db, treeId, id);
  }

  async plan(id: string): Promise<PlanRecord | undefined> {
    const row = await this.db.selectFrom('plan').selectAll().where('id', '=', id).executeTakeFirst();
    return row && { id, treeId: row.tree_id, head: row.head, steps: await this.bytes(row.steps, row.blob) };
  }

  async plansOf(treeId: string, limit: number, after = '0-'): Promise<Page<PlanListing>> {
    const [made, id] = [Number(after.slice(0, after.indexOf('-'))), after.slice(after.indexOf('-') + 1)];
    const rows = await this.db
      .selectFrom('plan')
      .select(['id', 'head', 'made'])
      .where('tree_id', '=', treeId)
      .where((plan) =>
        plan.or([plan('made', '>', made), plan.and([plan('made', '=', made), plan('id', '>', id)])]),
      )
      .orderBy('made')
      .orderBy('id')
      .limit(limit + 1)
      .execute();
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(({ id, head }) => ({ id, treeId, head })),
      next: rows.length > limit ? `${last!.made}-${last!.id}` : null,
    };
  }

  async deletePlan(id: string): Promise<boolean> {
    const rows = await this.db.deleteFrom('plan').where('id', '=', id).returning('blob').execute();
    for (const { blob } of rows) await this.dropUnused(blob);
    return rows.length > 0;
  }

  private async bytes(inRow: Uint8Array | null, blob: string | null): Promise<Uint8Array> {
    return aligned(blob === null ? inRow! : await this.blobs.read(blob));
  }

  /** Two plans of one tree may have the same steps, and so share a blob. */
  private async dropUnused(blob: string | null): Promise<void> {
    if (blob === null) return;
    const inTree = await this.db.selectFrom('tree').select('id').where('blob', '=', blob).executeTakeFirst();
    const inPlan = await this.db.selectFrom('plan').select('id').where('blob', '=', blob).executeTakeFirst();
    if (!inTree && !inPlan) await this.blobs.remove(blob);
  }
}

/** Columns are read in place, as typed arrays of 8-byte numbers at the widest. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}
