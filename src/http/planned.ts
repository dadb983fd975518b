/** A plan that somebody waits for, once its tree is on disk. */

import { PlanJob } from '../jobs/plan-job.ts';
import { shuttingDown } from '../jobs/plan-threads.ts';
import type { PlanRecord } from '../store/store.ts';
import type { PlanAsk } from './plan-request.ts';
import type { Service } from './routes/service.ts';

/** @throws Problem why there is none; SHUTTING_DOWN where this server ends before it computes it */
export async function planned({ planner }: Service, ask: PlanAsk): Promise<PlanRecord> {
  const found = await planner.queue.plan({ ...ask, inBackground: false });
  const plan = found instanceof PlanJob ? await Promise.race([found.done, found.left]) : found;
  if (!plan) throw shuttingDown();
  await ask.stored;
  return plan;
}
