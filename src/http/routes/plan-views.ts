/** Views of a ready plan: steps, diff, births, scripts, timeline, explanation; two plans compared. */

import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { explanationOf, explanationText } from '../../engine/diagnosis/explanation.ts';
import { Problem } from '../../errors.ts';
import type { PlanHead } from '../../jobs/make-plan.ts';
import { stepsFromBytes } from '../../store/step-bytes.ts';
import type { PlanRecord } from '../../store/store.ts';
import { notModified } from '../plugins/entity-tag.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { stepPageJson } from '../rendering/step-json.ts';
import { stepsNdjson, stepsPlainText } from '../rendering/step-stream.ts';
import { ContentId } from '../schemas/field-types.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { jsonAnswer, NOT_MODIFIED, VIEW } from '../schemas/route-answers.ts';
import { PageQuery } from './parameters.ts';
import { readyPlanOf, type Service } from './service.ts';
import { NO_QUERY, type ViewType, viewRoute } from './view-route.ts';

const StepsQuery = Type.Object({
  cursor: PageQuery.properties.cursor,
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 10_000, default: 1000, description: 'Most steps of a page' }),
  ),
});

const BirthsQuery = Type.Object({
  analysis: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Add which births are certain, which are open, how many histories fit, and what to ask.',
    }),
  ),
});

export function planViewRoutes(app: FastifyInstance, service: Service): void {
  const { planner } = service;
  viewRoute(app, service, {
    name: 'steps',
    operationId: 'getSteps',
    summary: 'The steps of a plan',
    description:
      'JSON in pages; `application/x-ndjson` as a stream, whose last line has the count and the SHA-256 of all ' +
      'bytes before it; `text/plain` with a line a step. Steps run strictly in order.',
    component: 'StepPage',
    others: ['application/x-ndjson', 'text/plain'],
    query: StepsQuery,
    representation: ({ cursor = '0', limit = 1000 }, type) =>
      type === 'application/json' ? `steps-${cursor}-${limit}` : `steps-${type}`,
    answer: stepsAs,
  });
  viewRoute(app, service, {
    name: 'diff',
    operationId: 'getDiff',
    summary: 'What the plan rebuilds, and its tree at its fullest, against the image',
    description:
      '`result` is empty of differences where the plan is verified; both are null where there is no plan.',
    component: 'PlanDiff',
    query: NO_QUERY,
    representation: () => 'diff',
    answer: (plan) => planner.view(plan, 'diff'),
  });
  viewRoute(app, service, {
    name: 'births',
    operationId: 'getBirths',
    summary: 'Who clones whom, beside who is whose parent',
    description:
      'With `analysis=true` also what is known about the births of the tree under the options of the plan; ' +
      'that may take seconds.',
    component: 'Births',
    query: BirthsQuery,
    representation: ({ analysis = false }) => (analysis ? 'births-analysis' : 'births'),
    answer: (plan, { analysis = false }) => planner.births(plan, analysis),
  });
  viewRoute(app, service, {
    name: 'scripts',
    operationId: 'getScripts',
    summary: 'The plan a process at a time, with what each step waits for',
    description:
      'Processes may run at the same time, as long as each step waits for the steps that it names.',
    component: 'Scripts',
    query: NO_QUERY,
    representation: () => 'scripts',
    answer: (plan) => planner.view(plan, 'scripts'),
  });
  viewRoute(app, service, {
    name: 'timeline',
    operationId: 'getTimeline',
    summary: 'The plan played: what each step changes, and why it is there',
    description:
      'Applied in order, the effects lead from the root alone to the tree of the image. Each reason has a sentence.',
    component: 'Timeline',
    query: StepsQuery,
    representation: ({ cursor = '0', limit = 1000 }) => `timeline-${cursor}-${limit}`,
    answer: (plan, { cursor = '0', limit = 1000 }) =>
      planner.view(plan, 'timeline', { from: Number(cursor), limit }),
  });
  viewRoute(app, service, {
    name: 'explanation',
    operationId: 'getExplanation',
    summary: 'Why a tree is restorable, or why not: one line a step',
    description: 'JSON, or `text/plain` with the conclusion and a numbered line a step.',
    component: 'Explanation',
    others: ['text/plain'],
    query: NO_QUERY,
    representation: (_query, type) => `explanation-${type}`,
    answer: explanationAs,
  });
  comparisonRoute(app, service);
}

function stepsAs(plan: PlanRecord, query: Static<typeof StepsQuery>, type: ViewType) {
  const steps = stepsFromBytes(plan.steps);
  if (type === 'application/x-ndjson') return stepsNdjson(steps);
  if (type === 'text/plain') return stepsPlainText(steps);
  const { cursor = '0', limit = 1000 } = query;
  return stepPageJson(steps, Number(cursor), limit);
}

function explanationAs({ head }: PlanRecord, _query: object, type: ViewType): string {
  const { outcome, diagnostics } = JSON.parse(head) as PlanHead;
  const explanation = explanationOf(outcome, diagnostics);
  return type === 'text/plain' ? explanationText(explanation) : JSON.stringify(explanation);
}

const TwoPlans = Type.Object({ id: ContentId, other: ContentId });

function comparisonRoute(app: FastifyInstance, service: Service): void {
  app.get<{ Params: Static<typeof TwoPlans> }>(
    '/v1/plans/:id/diff/:other',
    {
      schema: {
        tags: ['views of a plan'],
        operationId: 'comparePlans',
        summary: 'Two plans of one tree compared',
        description: 'Steps that only one of them has, and processes that they create differently.',
        params: TwoPlans,
        response: {
          200: jsonAnswer('Where they differ', 'PlanComparison'),
          304: NOT_MODIFIED,
          ...problemAnswers([...VIEW, 'PLANS_OF_DIFFERENT_TREES']),
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
