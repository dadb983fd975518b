/**
 * An upload planned: the answer that was given to it before, else its plan, else the promise of one.
 *
 * In: a request with a tree and what is wished of its plan. Out: what to answer. Small trees are planned here and now, others wait
 * for a thread as long as the client does; which, is the dispatcher's business.
 */

import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { PlanJob } from '../jobs/plan-job.ts';
import type { PlanRecord } from '../store/store.ts';
import { optionsInQuery, type PlanQuery } from './plan-query.ts';
import { planAsk } from './plan-request.ts';
import { appliedPreference, type Preference, preferenceOf } from './prefer.ts';
import type { RecentAnswers } from './recent-answers.ts';
import { planBody } from './rendering/plan-json.ts';
import { includedMembers } from './routes/included-members.ts';
import { type Included, included } from './routes/parameters.ts';
import { receive, type Service } from './routes/service.ts';

type Planned =
  | { readonly planId: string; readonly body: Buffer | Readable; readonly encoding: string | null }
  | { readonly pending: PlanJob };

/** `applied`: what of the client's preference was followed. */
export type PlannedUpload = Planned & { readonly applied?: string | undefined };

export async function planUpload(
  service: Service,
  answers: RecentAnswers,
  request: FastifyRequest<{ Querystring: Static<typeof PlanQuery> }>,
): Promise<PlannedUpload> {
  const upload = await receive(service, request);
  const question = answers.questionOf(request, upload, service.config.workers.inlineMaxBytes);
  const known = question && answers.get(question);
  if (known) return known;
  const wishes = optionsInQuery(request.query);
  const preference = preferenceOf(request.headers.prefer);
  const read = await service.planner.read(upload, 'plan request', request.query.set);
  const ask = await planAsk(service, read, wishes);
  const { queue } = service.planner;
  const planned = await queue.plan({ ...ask, inBackground: preference.respondAsync });
  await ask.stored;
  const plan = planned instanceof PlanJob ? await finished(planned, preference, service) : planned;
  const applied = appliedPreference(preference, plan === undefined);
  if (!plan) {
    const pending = planned as PlanJob;
    await queue.promise(pending);
    return { pending, applied };
  }
  const body = await planAnswer(service, plan, included(request.query), read.surroundings?.id);
  if (question) answers.expect(request, question, plan);
  return { planId: plan.id, body, encoding: null, applied };
}

/** The plan, if its job ends before the client wants to be answered, and before the server ends without it. */
async function finished(
  job: PlanJob,
  { respondAsync, waitMs }: Preference,
  { config }: Service,
): Promise<PlanRecord | undefined> {
  const large = job.processes > config.workers.syncMaxProcesses;
  if (waitMs === undefined) return respondAsync || large ? undefined : Promise.race([job.done, job.left]);
  if (waitMs === 0) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), waitMs);
  });
  try {
    return await Promise.race([job.done, job.left, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

export async function planAnswer(
  service: Service,
  plan: PlanRecord,
  include: Included,
  surroundings?: string,
): Promise<Buffer | Readable> {
  return planBody(plan, include.steps, await includedMembers(service, plan, include), surroundings);
}
