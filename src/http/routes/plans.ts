/** Plans: asked for, shown, cancelled or deleted. */

import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { Problem } from '../../errors.ts';
import { PlanJob } from '../../jobs/plan-job.ts';
import type { PlanRecord } from '../../store/store.ts';
import { optionsInQuery, PlanQuery } from '../plan-query.ts';
import { planAsk } from '../plan-request.ts';
import { asEncoded, notModified } from '../plugins/entity-tag.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { appliedPreference, type Preference, preferenceOf } from '../prefer.ts';
import { questionOf, RecentAnswers } from '../recent-answers.ts';
import { pendingPlanJson, planBody } from '../rendering/plan-json.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { ANY, IMAGE_UPLOAD, OF_PLAN, OF_TREE, READING, WORKING } from '../schemas/route-answers.ts';
import { PLAN_UPLOADS } from '../schemas/uploads.ts';
import { leaveBodiesAlone } from '../upload/receive-upload.ts';
import { includedMembers } from './included-members.ts';
import { IdParams, INCLUDABLE, type Included, IncludeQuery, included } from './parameters.ts';
import { isPending, planOrPending, receive, type Service } from './service.ts';

const tags = ['plans'];
const PLAN_ANSWER = { content: { 'application/json': { schema: Type.Ref('Plan') } } };
const PENDING_ANSWER = { content: { 'application/json': { schema: Type.Ref('PendingPlan') } } };

export function planRoutes(app: FastifyInstance, service: Service): void {
  app.register(async (scope) => {
    leaveBodiesAlone(scope);
    postPlan(scope, service);
  });
  getPlan(app, service);
  deletePlan(app, service);
}

function postPlan(app: FastifyInstance, service: Service): void {
  const answers = new RecentAnswers(service.store, service.config.answerCacheBytes);
  answers.watch(app);
  app.post<{ Querystring: Static<typeof PlanQuery> }>(
    '/v1/plans',
    {
      config: { uploads: PLAN_UPLOADS },
      schema: {
        tags,
        operationId: 'postPlan',
        summary: 'Plan a restore',
        description:
          'Takes `{"tree"}` or `{"treeId"}` with `options`, or a tree image in any form; options then go into the query. ' +
          'Same tree, same options, same engine version: same plan id.',
        querystring: PlanQuery,
        headers: Type.Object({
          prefer: Type.Optional(
            Type.String({
              description: '`respond-async`; `wait=N`: seconds to wait for a plan before 202.',
              examples: ['respond-async, wait=10'],
            }),
          ),
        }),
        response: {
          201: { description: 'The plan', ...PLAN_ANSWER },
          202: { description: 'Being planned: see Location', ...PENDING_ANSWER },
          ...problemAnswers([...READING, ...IMAGE_UPLOAD, ...OF_TREE, 'PLAN_CANCELLED', 'SHUTTING_DOWN']),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const upload = await receive(service, request);
      const question = questionOf(request, upload, service.config.workers.inlineMaxBytes);
      const known = question && answers.get(question);
      if (known) {
        if (known.encoding) asEncoded(reply, known.encoding);
        return sendCreated(reply, known.planId, known.body);
      }
      const wishes = optionsInQuery(request.query);
      const preference = preferenceOf(request.headers.prefer);
      const read = await service.planner.read(upload, 'plan request', request.query.set);
      const ask = await planAsk(service, read, wishes);
      const { queue } = service.planner;
      const planned = await queue.plan({ ...ask, inBackground: preference.respondAsync });
      await ask.stored;
      const plan = planned instanceof PlanJob ? await finished(planned, preference, service) : planned;
      const applied = appliedPreference(preference, plan === undefined);
      if (applied) reply.header('preference-applied', applied);
      if (!plan) {
        const job = planned as PlanJob;
        await queue.promise(job);
        return reply
          .code(202)
          .header('location', `/v1/plans/${job.id}`)
          .header('retry-after', '1')
          .type(JSON_TYPE)
          .send(pendingPlanJson(job));
      }
      const body = await planAnswer(service, plan, included(request.query), read.surroundings?.id);
      if (question) answers.expect(request, question, plan);
      return sendCreated(reply, plan.id, body);
    },
  );
}

function sendCreated(reply: FastifyReply, id: string, body: Buffer | Readable): FastifyReply {
  return reply.code(201).header('location', `/v1/plans/${id}`).type(JSON_TYPE).send(body);
}

/** The plan, if its job ends before the client wants to be answered. */
async function finished(
  job: PlanJob,
  { respondAsync, waitMs }: Preference,
  { config }: Service,
): Promise<PlanRecord | undefined> {
  const large = job.processes > config.workers.syncMaxProcesses;
  if (waitMs === undefined) return respondAsync || large ? undefined : job.done;
  if (waitMs === 0) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), waitMs);
  });
  try {
    return await Promise.race([job.done, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function getPlan(app: FastifyInstance, service: Service): void {
  app.get<{ Params: Static<typeof IdParams>; Querystring: Static<typeof IncludeQuery> }>(
    '/v1/plans/:id',
    {
      schema: {
        tags,
        operationId: 'getPlan',
        summary: 'A plan, or how far it is',
        description:
          'A plan that was cancelled or failed says so; it can be asked for again by POST /v1/plans.',
        params: IdParams,
        querystring: IncludeQuery,
        response: {
          200: {
            description: 'The plan; while `status` is not `ready`, its progress or its failure',
            content: {
              'application/json': { schema: Type.Union([Type.Ref('Plan'), Type.Ref('PendingPlan')]) },
            },
          },
          304: { description: 'Not modified', type: 'null' },
          ...problemAnswers([...READING, ...OF_PLAN, ...WORKING]),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const { id } = request.params;
      const plan = await planOrPending(service, id);
      reply.type(JSON_TYPE);
      if (isPending(plan)) return reply.header('cache-control', 'no-store').send(pendingPlanJson(plan));
      const include = included(request.query);
      const representation = ['plan', ...INCLUDABLE.filter((name) => include[name])].join('-');
      if (notModified(request, reply, id, representation)) return reply;
      return reply.send(await planAnswer(service, plan, include));
    },
  );
}

function deletePlan(app: FastifyInstance, service: Service): void {
  app.delete<{ Params: Static<typeof IdParams> }>(
    '/v1/plans/:id',
    {
      schema: {
        tags,
        operationId: 'deletePlan',
        summary: 'Cancel a running plan, delete a ready one',
        description: 'A cancelled plan can still be asked for; deleted once more, it is forgotten.',
        params: IdParams,
        response: {
          204: { description: 'Cancelled or deleted', type: 'null' },
          ...problemAnswers([...ANY, ...OF_PLAN]),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const cancelled = await service.planner.queue.cancel(id);
      const deleted = await service.store.deletePlan(id);
      if (!cancelled && !deleted) throw new Problem('PLAN_NOT_FOUND', `There is no plan ${id}.`);
      return reply.code(204).send();
    },
  );
}

async function planAnswer(
  service: Service,
  plan: PlanRecord,
  include: Included,
  surroundings?: string,
): Promise<Buffer | Readable> {
  const body = planBody(plan, include.steps, await includedMembers(service, plan, include), surroundings);
  // A string would be encoded by the socket, which takes room for the worst case each time.
  return typeof body === 'string' ? Buffer.from(body) : body;
}
