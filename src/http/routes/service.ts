/** What the routes work with. */

import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import type { Surroundings } from '../../engine/requirements/surroundings.ts';
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

/** @throws Problem TREE_NOT_FOUND */
export async function plansOf(service: Service, treeId: string, limit: number, cursor: string | undefined) {
  const { id } = await treeOf(service, treeId);
  return service.store.plansOf(id, limit, cursor);
}

/** The stored tree that an upload brought. */
export interface StoredTree {
  readonly record: TreeRecord;
  readonly surroundings: SurroundingsRecord | null;
  /** The tree was not there before. */
  readonly isNew: boolean;
}

export async function storeUpload(
  service: Service,
  request: FastifyRequest,
  set: string | undefined,
): Promise<StoredTree> {
  const { brought, surroundings } = await service.planner.read(await receive(service, request), 'image', set);
  const { record } = brought!;
  return { record, surroundings, isNew: await storeTree(service, record, surroundings) };
}

const NO_RECORD = 'A record of births and deaths is expected, as NDJSON or as a JSON array of events.';

/**
 * Stores the tree that recorded births make of a stored one; `births`: what the record says, as JSON.
 * @throws Problem TREE_NOT_FOUND, and what the record has wrong
 */
export async function storeWithBirths(
  service: Service,
  id: string,
  request: FastifyRequest,
): Promise<StoredTree & { readonly births: string }> {
  const tree = await treeOf(service, id);
  const { record, births } = await service.planner.addBirths(
    tree,
    await receive(service, request, NO_RECORD),
  );
  const surroundings = await surroundingsOf(service, tree.id);
  return { record, births, surroundings, isNew: await storeTree(service, record, surroundings) };
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

/** The same, read. */
export async function saidBeside(
  service: Service,
  treeId: string,
  id?: string,
): Promise<Surroundings | null> {
  const found = await surroundingsOf(service, treeId, id);
  return found && (JSON.parse(found.text) as Surroundings);
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

/** @param expected said where the body is empty */
export async function receive(
  { config }: Service,
  request: FastifyRequest,
  expected?: string,
): Promise<Upload> {
  const upload = await receiveUpload(request, config.limits, SPOOL_BYTES, expected);
  // A body that is still coming needs somebody who hears it break off, at once.
  const isComing = 'rest' in upload && upload.rest !== null;
  if (!isComing) await withOthersOfThisTurn();
  return upload;
}
