/** Views of a ready plan: steps, diff, scripts, its explanation, two plans compared. Births: births.ts. */

import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { explanationOf, explanationText } from '../../engine/diagnosis/explanation.ts';
import { Problem } from '../../errors.ts';
import type { PlanHead } from '../../jobs/make-plan.ts';
import { stepsFromBytes } from '../../store/step-bytes.ts';
import { notModified } from '../plugins/entity-tag.ts';
import { acceptedType, JSON_TYPE, NDJSON_TYPE, TEXT_TYPE } from '../plugins/media-type.ts';
import { stepsJson } from '../rendering/step-json.ts';
import { stepsNdjson, stepsPlainText } from '../rendering/step-stream.ts';
import { ContentId } from '../schemas/plan-schemas.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { IdParams, PageQuery } from './parameters.ts';
import { readyPlanOf, type Service } from './service.ts';

const tags = ['views of a plan'];

export function planViewRoutes(app: FastifyInstance, service: Service): void {
  stepsRoute(app, service);
  viewRoute(
    app,
    service,
    'diff',
    'PlanDiff',
    'What the plan rebuilds, and its tree at its fullest, against the image',
  );
  viewRoute(
    app,
    service,
    'scripts',
    'Scripts',
    'The plan a process at a time, with what each step waits for',
  );
  timelineRoute(app, service);
  explanationRoute(app, service);
  comparisonRoute(app, service);
}

function explanationRoute(app: FastifyInstance, service: Service): void {
  app.get<{ Params: Static<typeof IdParams> }>(
    '/v1/plans/:id/explanation',
    {
      schema: {
        tags,
        operationId: 'getExplanation',
        summary: 'Why a tree is restorable, or why not: one line a step',
        description: 'JSON, or `text/plain` with the conclusion and a numbered line a step.',
        params: IdParams,
        response: {
          200: {
            description: 'The conclusion and the steps that lead to it',
            content: {
              'application/json': { schema: Type.Ref('Explanation') },
              'text/plain': { schema: Type.String() },
            },
          },
          304: { description: 'Not modified', type: 'null' },
          ...problemAnswers(['PLAN_NOT_FOUND', 'NOT_ACCEPTABLE', 'PLAN_NOT_READY']),
        },
      },
    },
    async (request, reply) => {
      const type = acceptedType(request, ['application/json', 'text/plain']);
      const plan = await readyPlanOf(service, request.params.id);
      if (notModified(request, reply, plan.id, `explanation-${type}`)) return reply;
      const { outcome, diagnostics } = JSON.parse(plan.head) as PlanHead;
      const explanation = explanationOf(outcome, diagnostics);
      if (type === 'text/plain') return reply.type(TEXT_TYPE).send(explanationText(explanation));
      return reply.type(JSON_TYPE).send(JSON.stringify(explanation));
    },
  );
}

const StepsQuery = Type.Object({
  cursor: PageQuery.properties.cursor,
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 10_000, default: 1000, description: 'Most steps of a page' }),
  ),
});

function stepsRoute(app: FastifyInstance, service: Service): void {
  app.get<{ Params: Static<typeof IdParams>; Querystring: Static<typeof StepsQuery> }>(
    '/v1/plans/:id/steps',
    {
      schema: {
        tags,
        operationId: 'getSteps',
        summary: 'The steps of a plan',
        description:
          'JSON in pages; `application/x-ndjson` as a stream, whose last line has the count and the SHA-256 of all ' +
          'bytes before it; `text/plain` with a line a step. Steps run strictly in order.',
        params: IdParams,
        querystring: StepsQuery,
        response: {
          200: {
            description: 'Steps',
            content: {
              'application/json': { schema: Type.Ref('StepPage') },
              'application/x-ndjson': { schema: Type.String() },
              'text/plain': { schema: Type.String() },
            },
          },
          304: { description: 'Not modified', type: 'null' },
          ...problemAnswers([
            'QUERY_INVALID',
            'PLAN_NOT_FOUND',
            'NOT_ACCEPTABLE',
            'PLAN_NOT_READY',
            'WORKER_LOST',
          ]),
        },
      },
    },
    async (request, reply) => {
      const type = acceptedType(request, ['application/json', 'application/x-ndjson', 'text/plain']);
      const plan = await readyPlanOf(service, request.params.id);
      const steps = stepsFromBytes(plan.steps);
      if (type === 'application/x-ndjson') {
        if (notModified(request, reply, plan.id, 'steps-ndjson')) return reply;
        return reply.type(NDJSON_TYPE).send(stepsNdjson(steps));
      }
      if (type === 'text/plain') {
        if (notModified(request, reply, plan.id, 'steps-text')) return reply;
        return reply.type(TEXT_TYPE).send(stepsPlainText(steps));
      }
      const { cursor = '0', limit = 1000 } = request.query;
      const from = Math.min(Number(cursor), steps.length);
      const end = Math.min(from + limit, steps.length);
      if (notModified(request, reply, plan.id, `steps-${from}-${end}`)) return reply;
      const next = end < steps.length ? `"${end}"` : 'null';
      return reply
        .type(JSON_TYPE)
        .send(
          `{"steps":[${stepsJson(steps, from, end)}],"from":${from},"count":${steps.length},"next":${next}}`,
        );
    },
  );
}

function timelineRoute(app: FastifyInstance, service: Service): void {
  app.get<{ Params: Static<typeof IdParams>; Querystring: Static<typeof StepsQuery> }>(
    '/v1/plans/:id/timeline',
    {
      schema: {
        tags,
        operationId: 'getTimeline',
        summary: 'The plan played: what each step changes, and why it is there',
        description:
          'Applied in order, the effects lead from the root alone to the tree of the image. Each reason has a sentence.',
        params: IdParams,
        querystring: StepsQuery,
        response: {
          200: { description: 'Events', content: { 'application/json': { schema: Type.Ref('Timeline') } } },
          304: { description: 'Not modified', type: 'null' },
          ...problemAnswers([
            'QUERY_INVALID',
            'PLAN_NOT_FOUND',
            'TREE_NOT_FOUND',
            'NOT_ACCEPTABLE',
            'PLAN_NOT_READY',
            'QUEUE_FULL',
            'WORKER_LOST',
          ]),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const plan = await readyPlanOf(service, request.params.id);
      const { cursor = '0', limit = 1000 } = request.query;
      if (notModified(request, reply, plan.id, `timeline-${cursor}-${limit}`)) return reply;
      const view = await service.planner.view(plan, 'timeline', { from: Number(cursor), limit });
      return reply.type(JSON_TYPE).send(view);
    },
  );
}

function viewRoute(
  app: FastifyInstance,
  service: Service,
  view: 'diff' | 'scripts',
  component: string,
  summary: string,
): void {
  app.get<{ Params: Static<typeof IdParams> }>(
    `/v1/plans/:id/${view}`,
    {
      schema: {
        tags,
        operationId: `get${component.replace('Plan', '')}`,
        summary,
        description: `${summary}. Of a plan that is ready.`,
        params: IdParams,
        response: {
          200: { description: summary, content: { 'application/json': { schema: Type.Ref(component) } } },
          304: { description: 'Not modified', type: 'null' },
          ...problemAnswers([
            'PLAN_NOT_FOUND',
            'TREE_NOT_FOUND',
            'NOT_ACCEPTABLE',
            'PLAN_NOT_READY',
            'QUEUE_FULL',
            'WORKER_LOST',
          ]),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const plan = await readyPlanOf(service, request.params.id);
      if (notModified(request, reply, plan.id, view)) return reply;
      return reply.type(JSON_TYPE).send(await service.planner.view(plan, view));
    },
  );
}

const TwoPlans = Type.Object({ id: ContentId, other: ContentId });

function comparisonRoute(app: FastifyInstance, service: Service): void {
  app.get<{ Params: Static<typeof TwoPlans> }>(
    '/v1/plans/:id/diff/:other',
    {
      schema: {
        tags,
        operationId: 'comparePlans',
        summary: 'Two plans of one tree compared',
        description: 'Steps that only one of them has, and processes that they create differently.',
        params: TwoPlans,
        response: {
          200: {
            description: 'Where they differ',
            content: { 'application/json': { schema: Type.Ref('PlanComparison') } },
          },
          304: { description: 'Not modified', type: 'null' },
          ...problemAnswers([
            'PLAN_NOT_FOUND',
            'NOT_ACCEPTABLE',
            'PLANS_OF_DIFFERENT_TREES',
            'PLAN_NOT_READY',
            'QUEUE_FULL',
            'WORKER_LOST',
          ]),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const a = await readyPlanOf(service, request.params.id);
      const b = await readyPlanOf(service, request.params.other);
      if (a.treeId !== b.treeId) {
        throw new Problem('PLANS_OF_DIFFERENT_TREES', 'Only plans of one tree can be compared.');
      }
      if (notModified(request, reply, `${a.id}-${b.id}`, 'comparison')) return reply;
      return reply.type(JSON_TYPE).send(await service.planner.comparison(a, b));
    },
  );
}
