/** A plan that somebody waits for, once its tree is on disk. */

import { PlanJob } from '../jobs/plan-job.ts';
import type { PlanRecord } from '../store/store.ts';
import type { PlanAsk } from './plan-request.ts';
import type { Service } from './routes/service.ts';

/** @throws Problem why there is none */
export async function planned({ planner }: Service, ask: PlanAsk): Promise<PlanRecord> {
  const found = await planner.queue.plan({ ...ask, inBackground: false });
  const plan = found instanceof PlanJob ? await found.done : found;
  await ask.stored;
  return plan;
}
