/** Preflight: a plan held against a target. */

import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { BODY, VIEW } from '../schemas/route-answers.ts';
import { TargetSchema } from '../schemas/view-schemas.ts';
import { IdParams } from './parameters.ts';
import { readyPlanOf, type Service } from './service.ts';

export function preflightRoute(app: FastifyInstance, service: Service): void {
  app.post<{ Params: Static<typeof IdParams>; Body: Static<typeof TargetSchema> }>(
    '/v1/plans/:id/preflight',
    {
      bodyLimit: 64 << 20,
      decompress: { requestEncodings: ['gzip'] },
      schema: {
        tags: ['plans'],
        operationId: 'preflight',
        summary: 'Can the plan run on this target?',
        description: 'Each conflict comes with its remedy. What the body leaves out is not checked.',
        params: IdParams,
        body: TargetSchema,
        response: {
          200: {
            description: 'Conflicts, none where the plan can run',
            content: { 'application/json': { schema: Type.Ref('Preflight') } },
          },
          ...problemAnswers([...VIEW, ...BODY, 'PLAN_EMPTY']),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const plan = await readyPlanOf(service, request.params.id);
      const conflicts = await service.planner.preflight(plan, request.body);
      return reply
        .type(JSON_TYPE)
        .send(JSON.stringify({ planId: plan.id, ok: conflicts.length === 0, conflicts }));
    },
  );
}
