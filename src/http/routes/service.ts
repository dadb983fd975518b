/** What the routes work with. */

import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { Problem } from '../../errors.ts';
import type { PendingPlan } from '../../jobs/plan-job.ts';
import type { Planner } from '../../jobs/planner.ts';
import type { Upload } from '../../jobs/upload.ts';
import type { PlanRecord, Store, SurroundingsRecord, TreeRecord } from '../../store/store.ts';
import { receiveUpload } from '../upload/receive-upload.ts';
import { withOthersOfThisTurn } from '../upload/turn.ts';

export interface Service {
  readonly config: Config;
  readonly store: Store;
  readonly planner: Planner;
}

/** @throws Problem TREE_NOT_FOUND */
export async function treeOf({ store }: Service, id: string): Promise<TreeRecord> {
  const tree = await store.tree(id);
  if (!tree) throw new Problem('TREE_NOT_FOUND', `There is no tree ${id}.`);
  return tree;
}

/** @returns true where the tree was not there before */
export async function storeTree(
  { store }: Service,
  record: TreeRecord,
  surroundings: SurroundingsRecord | null,
): Promise<boolean> {
  const isNew = await store.putTree(record);
  if (surroundings) await store.putSurroundings(record.id, surroundings);
  return isNew;
}

/**
 * Deletes a tree with its plans, and ends what is being planned for it.
 * @throws Problem TREE_NOT_FOUND
 */
export async function forgetTree({ store, planner }: Service, id: string): Promise<void> {
  planner.queue.forgetTree(id);
  if (!(await store.deleteTree(id))) throw new Problem('TREE_NOT_FOUND', `There is no tree ${id}.`);
}

/**
 * Ends a planning that runs; deletes a plan that is ready, or how a planning has ended.
 * @throws Problem PLAN_NOT_FOUND
 */
export async function cancelOrDeletePlan({ store, planner }: Service, id: string): Promise<void> {
  const cancelled = await planner.queue.cancel(id);
  const deleted = await store.deletePlan(id);
  if (!cancelled && !deleted) throw new Problem('PLAN_NOT_FOUND', `There is no plan ${id}.`);
}

/**
 * What uploads of a tree said beside it: those that are named, else the newest; null where they said nothing.
 * @throws Problem SURROUNDINGS_NOT_FOUND
 */
export async function surroundingsOf(
  { store }: Service,
  treeId: string,
  id?: string,
): Promise<(SurroundingsRecord & { of: number }) | null> {
  const found = await store.surroundings(treeId, id);
  if (!found && id !== undefined) {
    throw new Problem(
      'SURROUNDINGS_NOT_FOUND',
      `No upload of the tree ${treeId} had the surroundings ${id}.`,
    );
  }
  return found ?? null;
}

/**
 * The ready plan, else how far it is or why it will not be.
 * @throws Problem PLAN_NOT_FOUND
 */
export async function planOrPending({ planner }: Service, id: string): Promise<PlanRecord | PendingPlan> {
  const found = await planner.queue.status(id);
  if (!found) throw new Problem('PLAN_NOT_FOUND', `There is no plan ${id}.`);
  return found;
}

export function isPending(plan: PlanRecord | PendingPlan): plan is PendingPlan {
  return 'state' in plan;
}

/** @throws Problem PLAN_NOT_FOUND, PLAN_NOT_READY, or why its planning failed */
export async function readyPlanOf(service: Service, id: string): Promise<PlanRecord> {
  const found = await planOrPending(service, id);
  if (!isPending(found)) return found;
  if (found.problem) throw found.problem;
  throw new Problem('PLAN_NOT_READY', `The plan ${id} is running.`, { headers: { 'retry-after': '1' } });
}

/** Bodies up to this size wait in memory for a worker, larger ones flow to it as they come. */
const SPOOL_BYTES = 32 << 20;

export async function receive({ config }: Service, request: FastifyRequest): Promise<Upload> {
  const upload = await receiveUpload(request, config.limits, SPOOL_BYTES);
  // A body that is still coming needs somebody who hears it break off, at once.
  const isComing = 'rest' in upload && upload.rest !== null;
  if (!isComing) await withOthersOfThisTurn();
  return upload;
}
