/** Plans: asked for, shown, cancelled or deleted. */

import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { PlanQuery } from '../plan-query.ts';
import { type PlannedUpload, planAnswer, planUpload } from '../plan-upload.ts';
import { asEncoded, notModified } from '../plugins/entity-tag.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { RecentAnswers } from '../recent-answers.ts';
import { pendingPlanJson } from '../rendering/plan-json.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import {
  ANY,
  DELETING,
  IMAGE_UPLOAD,
  jsonAnswer,
  NOT_MODIFIED,
  OF_PLAN,
  OF_TREE,
  READING,
  WORKING,
} from '../schemas/route-answers.ts';
import { PLAN_UPLOADS } from '../schemas/uploads.ts';
import { leaveBodiesAlone } from '../upload/receive-upload.ts';
import { IdParams, INCLUDABLE, IncludeQuery, included } from './parameters.ts';
import { cancelOrDeletePlan, isPending, planOrPending, type Service } from './service.ts';

const tags = ['plans'];

export function planRoutes(app: FastifyInstance, service: Service): void {
  app.register(async (scope) => {
    leaveBodiesAlone(scope);
    postPlan(scope, service);
  });
  getPlan(app, service);
  deletePlan(app, service);
}

function postPlan(app: FastifyInstance, service: Service): void {
  const answers = new RecentAnswers(app, service.store, service.config.answerCacheBytes);
  app.post<{ Querystring: Static<typeof PlanQuery> }>(
    '/v1/plans',
    {
      config: { uploads: PLAN_UPLOADS },
      schema: {
        tags,
        operationId: 'postPlan',
        summary: 'Plan a restore',
        description:
          'Takes `{"tree"}` or `{"treeId"}` with `options`, or a tree image in any form; options then go into the query. One that stands in both has to be the same. ' +
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
          201: jsonAnswer('The plan', 'Plan'),
          202: jsonAnswer('Being planned: see Location', 'PendingPlan'),
          ...problemAnswers([...READING, ...IMAGE_UPLOAD, ...OF_TREE, 'PLAN_CANCELLED', 'SHUTTING_DOWN']),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      return sendPlanned(reply, await planUpload(service, answers, request));
    },
  );
}

function sendPlanned(reply: FastifyReply, planned: PlannedUpload): FastifyReply {
  if (planned.applied) reply.header('preference-applied', planned.applied);
  if ('pending' in planned) {
    const { pending } = planned;
    reply.code(202).header('location', `/v1/plans/${pending.id}`).header('retry-after', '1');
    return reply.type(JSON_TYPE).send(pendingPlanJson(pending));
  }
  if (planned.encoding) asEncoded(reply, planned.encoding);
  return reply.code(201).header('location', `/v1/plans/${planned.planId}`).type(JSON_TYPE).send(planned.body);
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
          304: NOT_MODIFIED,
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
          ...problemAnswers([...ANY, ...DELETING, ...OF_PLAN]),
        },
      },
    },
    async (request, reply) => {
      await cancelOrDeletePlan(service, request.params.id);
      return reply.code(204).send();
    },
  );
}
