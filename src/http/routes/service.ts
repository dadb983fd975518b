/** What the routes work with. */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { Problem } from '../../errors.ts';
import { PlanJob } from '../../jobs/plan-job.ts';
import type { Planner } from '../../jobs/planner.ts';
import type { Upload } from '../../jobs/upload.ts';
import type { PlanRecord, Store, TreeRecord } from '../../store/store.ts';
import { receiveUpload } from '../upload/receive-upload.ts';
import { withOthersOfThisTurn } from '../upload/turn.ts';

export interface Service {
  readonly config: Config;
  readonly store: Store;
  readonly planner: Planner;
}

export type Routes = (app: FastifyInstance, service: Service) => void;

/** @throws Problem TREE_NOT_FOUND */
export async function treeOf({ store }: Service, id: string): Promise<TreeRecord> {
  const tree = await store.tree(id);
  if (!tree) throw new Problem('TREE_NOT_FOUND', `There is no tree ${id}.`);
  return tree;
}

/**
 * The ready plan, else the job that makes it or could not make it.
 * @throws Problem PLAN_NOT_FOUND
 */
export async function planOrJob({ store, planner }: Service, id: string): Promise<PlanRecord | PlanJob> {
  // The job first: it ends only when its plan can be read.
  const job = planner.job(id);
  if (job?.state === 'running') return job;
  const found = (await store.plan(id)) ?? (job?.state === 'ready' ? undefined : job);
  if (!found) throw new Problem('PLAN_NOT_FOUND', `There is no plan ${id}.`);
  return found;
}

/** @throws Problem PLAN_NOT_FOUND, PLAN_NOT_READY, or why its planning failed */
export async function readyPlanOf(service: Service, id: string): Promise<PlanRecord> {
  const found = await planOrJob(service, id);
  if (!(found instanceof PlanJob)) return found;
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
