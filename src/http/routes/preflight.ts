/** Preflight: a plan held against a target. */

import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import Type from 'typebox';
import { preflight } from '../../engine/plan/preflight.ts';
import { Problem } from '../../errors.ts';
import type { PlanHead } from '../../jobs/make-plan.ts';
import { stepsFromBytes } from '../../store/step-bytes.ts';
import { treeFromBytes } from '../../store/tree-bytes.ts';
import { acceptedType, JSON_TYPE } from '../plugins/media-type.ts';
import { problemAnswers } from '../schemas/problem-schema.ts';
import { TargetSchema } from '../schemas/view-schemas.ts';
import { IdParams } from './parameters.ts';
import { readyPlanOf, type Service, treeOf } from './service.ts';

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
          ...problemAnswers([
            'BODY_EMPTY',
            'BODY_UNPARSABLE',
            'PLAN_NOT_FOUND',
            'TREE_NOT_FOUND',
            'NOT_ACCEPTABLE',
            'PLAN_NOT_READY',
            'PLAN_EMPTY',
            'BODY_TOO_LARGE',
            'FORM_UNKNOWN',
            'BODY_INVALID',
          ]),
        },
      },
    },
    async (request, reply) => {
      acceptedType(request, ['application/json']);
      const plan = await readyPlanOf(service, request.params.id);
      const { outcome, helpers } = JSON.parse(plan.head) as PlanHead;
      if (outcome !== 'restorable') {
        throw new Problem('PLAN_EMPTY', 'Only a restorable plan can be checked against a target.');
      }
      const tree = treeFromBytes((await treeOf(service, plan.treeId)).bytes);
      const conflicts = preflight(tree, stepsFromBytes(plan.steps), helpers, request.body);
      return reply
        .type(JSON_TYPE)
        .send(JSON.stringify({ planId: plan.id, ok: conflicts.length === 0, conflicts }));
    },
  );
}
