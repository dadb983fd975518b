/** What the routes work with. */

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { Problem } from '../../errors.ts';
import type { Planner } from '../../jobs/planner.ts';
import type { Upload } from '../../jobs/upload.ts';
import type { PlanRecord, Store, TreeRecord } from '../../store/store.ts';
import { receiveUpload } from '../upload/receive-upload.ts';

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

const RETRY_AFTER = { 'retry-after': '1' };

/** @throws Problem PLAN_NOT_FOUND, PLAN_NOT_READY, or why its planning failed */
export async function readyPlanOf({ store, planner }: Service, id: string): Promise<PlanRecord> {
  const plan = await store.plan(id);
  if (plan) return plan;
  const job = planner.job(id);
  if (job?.state === 'running') {
    throw new Problem('PLAN_NOT_READY', `The plan ${id} is running.`, { headers: RETRY_AFTER });
  }
  if (job?.state === 'failed') throw job.problem!;
  throw new Problem('PLAN_NOT_FOUND', `There is no plan ${id}.`);
}

/** Bodies up to this size wait in memory for a worker, larger ones flow to it as they come. */
const SPOOL_BYTES = 32 << 20;

export function receive({ config }: Service, request: FastifyRequest): Promise<Upload> {
  return receiveUpload(request, { ...config.limits, wholeBytes: SPOOL_BYTES });
}
